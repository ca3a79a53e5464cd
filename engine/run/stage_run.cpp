#include "run/stage_run.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "run/check.hpp"
#include "run/outcome.hpp"

namespace harbor::run {
using nlohmann::json;
using process::Clock;
using report::Outcome;

namespace {

/// Runs the steps of one stage on several threads.
class StageRun {
 public:
  StageRun(const plan::Plan& plan, std::size_t first, std::size_t last, Execution& execution,
           std::vector<StepReport>& reports, unsigned jobs)
      : plan_(plan),
        first_(first),
        execution_(execution),
        reports_(reports),
        jobs_(std::max(1U, jobs)),
        nodes_(last - first) {
    for (std::size_t i = first; i < last; ++i) {
      nodes_[i - first].waiting = plan.steps[i].after.size();
      for (const auto before : plan.steps[i].after) nodes_[before - first].followers.push_back(i);
    }
  }

  /// False when a step failed that was not allowed to.
  bool run() {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (nodes_[i].waiting == 0) ready_.push_back({first_ + i, std::nullopt});
    left_ = nodes_.size();
    {
      // This thread works, too: a plan that is one chain, as most are, starts no thread at all.
      std::vector<std::jthread> threads;
      const bool parallel = jobs_ > 1 && can_fan_out();
      try {
        for (unsigned i = 1; parallel && i < jobs_; ++i) threads.emplace_back([this] { work(); });
      } catch (const std::system_error&) {
        // The system allows no more threads: those that exist do the work.
      }
      work();
    }
    return !failed_;
  }

 private:
  struct Task {
    std::size_t step;
    std::optional<std::size_t> index;  ///< round of forEach
  };
  struct Node {
    std::size_t waiting = 0;
    std::vector<std::size_t> followers;
    bool blocked = false;
    // Rounds of forEach:
    json items;
    std::size_t rounds_left = 0;
    std::vector<RoundResult> results;
    Clock::time_point started;
  };

  /// Steps that form one chain need no more than one thread.
  [[nodiscard]] bool can_fan_out() const {
    std::size_t roots = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].followers.size() > 1 || plan_.steps[first_ + i].for_each) return true;
      roots += nodes_[i].waiting == 0;
    }
    return roots > 1;
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (left_ > 0) {
      if (ready_.empty()) {
        changed_.wait(lock);
        continue;
      }
      const Task task = ready_.front();
      ready_.pop_front();
      lock.unlock();
      if (task.index)
        run_round(task);
      else
        start(task.step);
      lock.lock();
    }
    changed_.notify_all();
  }

  Node& node(std::size_t step) { return nodes_[step - first_]; }

  void start(std::size_t index) {
    const plan::PlannedStep& step = plan_.steps[index];
    if (node(index).blocked) return finish(index, Outcome::blocked, {});
    if (execution_.is_cancelled()) return finish(index, Outcome::cancelled, {});
    node(index).started = execution_.now();
    if (execution_.is_check()) {
      auto checked = check_step(execution_, step);
      const auto outcome = checked.outcome;
      return finish(index, outcome, std::move(checked));
    }
    auto rounds = rounds_of(step, execution_.ground());
    if (rounds.skipped) return finish(index, Outcome::skipped, {});
    report::Event started;
    started.kind = report::EventKind::step_started;
    execution_.tell(std::move(started), &step);
    if (!rounds.diagnostics.empty()) {
      RoundResult failed;
      failed.outcome = Outcome::failure;
      failed.diagnostics = std::move(rounds.diagnostics);
      return finish(index, Outcome::failure, std::move(failed));
    }
    if (!rounds.fans_out) {
      auto result = execution_.round(step, {});
      const auto outcome = result.outcome;
      if (is_good(outcome)) execution_.publish(step, result.output);
      return finish(index, outcome, std::move(result));
    }
    fan_out(index, std::move(rounds.items));
  }

  /// Rounds are tasks like steps, so that `--jobs` bounds them together with what else runs.
  void fan_out(std::size_t index, json items) {
    const auto count = items.size();
    if (count == 0) return finish(index, Outcome::skipped, {});
    const std::lock_guard guard(mutex_);
    Node& at = node(index);
    at.items = std::move(items);
    at.rounds_left = count;
    at.results.resize(count);
    for (std::size_t i = 0; i < count; ++i) ready_.push_back({index, i});
    changed_.notify_all();
  }

  void run_round(const Task& task) {
    const plan::PlannedStep& step = plan_.steps[task.step];
    Node& at = node(task.step);
    RoundResult result;
    if (execution_.is_cancelled()) {
      result.outcome = Outcome::cancelled;
    } else {
      Round round;
      round.item = &at.items[*task.index];
      round.index = *task.index;
      result = execution_.round(step, round);
    }
    bool last = false;
    {
      const std::lock_guard guard(mutex_);
      at.results[*task.index] = std::move(result);
      last = --at.rounds_left == 0;
    }
    if (last) gather(task.step);
  }

  /// Joins the rounds of a step: its outcome is the worst of theirs, its output the list of theirs.
  void gather(std::size_t index) {
    const plan::PlannedStep& step = plan_.steps[index];
    Node& at = node(index);
    RoundResult all;
    json outputs = json::array();
    for (auto& result : at.results) {
      if (!is_good(result.outcome) && (is_good(all.outcome) || result.outcome == Outcome::failure))
        all.outcome = result.outcome;
      if (all.outcome == Outcome::noop && result.outcome == Outcome::success)
        all.outcome = Outcome::success;
      all.attempts = std::max(all.attempts, result.attempts);
      std::move(result.diagnostics.begin(), result.diagnostics.end(),
                std::back_inserter(all.diagnostics));
      // In the order of the items, not in the order in which they ended: if several rounds publish
      // an artifact, that of the last item stays.
      if (is_good(result.outcome)) execution_.publish(step, result.output);
      for (auto& change : result.changes) all.changes.push_back(std::move(change));
      outputs.push_back(std::move(result.output));
    }
    all.output = {{"results", std::move(outputs)}};
    const auto outcome = all.outcome;
    execution_.set_output(step, all.output);
    finish(index, outcome, std::move(all));
  }

  void finish(std::size_t index, Outcome outcome, RoundResult result) {
    const plan::PlannedStep& step = plan_.steps[index];
    StepReport& report = reports_[index];
    const bool forgiven = !is_good(outcome) && outcome != Outcome::cancelled &&
                          outcome != Outcome::blocked && step.continue_on_error;
    // An error in the report of a run that ends with 0 would be a contradiction.
    if (forgiven)
      for (auto& diagnostic : result.diagnostics) diagnostic.severity = report::Severity::warning;
    report.outcome = outcome;
    report.attempts = result.attempts;
    report.diagnostics = execution_.masked(std::move(result.diagnostics));
    report.output = std::move(result.output);
    report.changes = std::move(result.changes);
    if (node(index).started != Clock::time_point{})
      report.elapsed = execution_.now() - node(index).started;
    report::Event event;
    event.kind = report::EventKind::step_finished;
    event.outcome = outcome;
    event.elapsed = report.elapsed;
    event.attempt = report.attempts;
    event.diagnostics = report.diagnostics;
    execution_.tell(std::move(event), &step);
    if (forgiven && !step.otherwise.empty()) warn(step);
    release(index, is_good(outcome) || forgiven || execution_.is_check());
  }

  /// Immediately: the command that goes on may run until somebody ends it.
  void warn(const plan::PlannedStep& step) {
    report::Event event;
    event.kind = report::EventKind::step_log;
    event.level = HARBOR_LOG_WARN;
    event.text = step.otherwise;
    execution_.tell(std::move(event), &step);
  }

  void release(std::size_t index, bool good) {
    const std::lock_guard guard(mutex_);
    if (!good) failed_ = true;
    --left_;
    for (const auto next : node(index).followers) {
      Node& follower = node(next);
      // Blocked steps go through the queue as well: each is reported, and blocks those that follow
      // it.
      if (!good) follower.blocked = true;
      if (--follower.waiting == 0) ready_.push_back({next, std::nullopt});
    }
    // This thread takes one of the tasks itself.
    if (left_ == 0 || ready_.size() > 1) changed_.notify_all();
  }

  const plan::Plan& plan_;
  const std::size_t first_;
  Execution& execution_;
  std::vector<StepReport>& reports_;
  const unsigned jobs_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Node> nodes_;
  std::deque<Task> ready_;
  std::size_t left_ = 0;
  bool failed_ = false;
};

}  // namespace

bool run_stage(const plan::Plan& plan, std::size_t first, std::size_t last, Execution& execution,
               std::vector<StepReport>& reports, unsigned jobs) {
  return StageRun(plan, first, last, execution, reports, jobs).run();
}

}  // namespace harbor::run
