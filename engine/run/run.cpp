#include "run/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <thread>

#include "report/code_run.hpp"
#include "run/execution.hpp"

namespace harbor::run {
using nlohmann::json;
using process::Clock;
using report::Outcome;

namespace {

bool is_good(Outcome outcome) {
  return outcome == Outcome::success || outcome == Outcome::noop || outcome == Outcome::skipped;
}

/// Ends the process when an operation does not: a thread cannot be killed, a process can.
class Warden {
 public:
  Warden(Execution& execution, const process::Cancellation& cancellation,
         std::function<void(const std::string&, ExitStatus)> last_words)
      : thread_([this, &execution, &cancellation, last_words = std::move(last_words)] {
          watch(execution, cancellation, last_words);
        }) {}
  ~Warden() {
    {
      const std::lock_guard guard(mutex_);
      done_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  Warden(const Warden&) = delete;
  Warden& operator=(const Warden&) = delete;

 private:
  // Longer than the host takes to end a child process that ignores TERM.
  static constexpr std::chrono::seconds patience{10};
  static constexpr std::chrono::seconds patience_at_once{3};

  void watch(Execution& execution, const process::Cancellation& cancellation,
             const std::function<void(const std::string&, ExitStatus)>& last_words) {
    std::optional<Clock::time_point> asked, asked_at_once;
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, std::chrono::milliseconds(200), [this] { return done_; })) {
      const auto now = Clock::now();
      const auto state = cancellation.state();
      if (state != process::Cancellation::State::none && !asked) asked = now;
      if (state == process::Cancellation::State::at_once && !asked_at_once) asked_at_once = now;
      const bool stuck = (asked && now - *asked > patience) ||
                         (asked_at_once && now - *asked_at_once > patience_at_once);
      const auto running = stuck ? execution.watch().running() : std::vector<Watch::Entry>{};
      if (!running.empty()) last_words(running.front().step, ExitStatus::interrupted);
      const auto late = execution.watch().overdue(now - patience);
      if (!late.empty()) last_words(late.front().step, ExitStatus::timeout);
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::thread thread_;
};

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
      std::vector<std::jthread> threads;
      const bool parallel = jobs_ > 1 && can_fan_out();
      for (unsigned i = 1; parallel && i < jobs_; ++i) threads.emplace_back([this] { work(); });
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

  /// Steps that stand in one chain need no more than one thread.
  [[nodiscard]] bool can_fan_out() const {
    std::size_t roots = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const auto* written = plan_.steps[first_ + i].written;
      if (nodes_[i].followers.size() > 1 || (written && written->for_each)) return true;
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
    node(index).started = Clock::now();
    auto rounds = execution_.rounds(step);
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
                          outcome != Outcome::blocked && step.written &&
                          step.written->continue_on_error;
    if (forgiven)
      for (auto& diagnostic : result.diagnostics) diagnostic.severity = report::Severity::warning;
    report.outcome = outcome;
    report.attempts = result.attempts;
    report.diagnostics = std::move(result.diagnostics);
    report.output = std::move(result.output);
    report.changes = std::move(result.changes);
    if (node(index).started != Clock::time_point{})
      report.elapsed = Clock::now() - node(index).started;
    report::Event event;
    event.kind = report::EventKind::step_finished;
    event.outcome = outcome;
    event.elapsed = report.elapsed;
    event.attempt = report.attempts;
    event.diagnostics = report.diagnostics;
    execution_.tell(std::move(event), &step);
    release(index, is_good(outcome) || forgiven);
  }

  void release(std::size_t index, bool good) {
    const std::lock_guard guard(mutex_);
    if (!good) failed_ = true;
    --left_;
    for (const auto next : node(index).followers) {
      Node& follower = node(next);
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

Outcome overall(const std::vector<StepReport>& steps, const std::vector<bool>& forgiven) {
  Outcome all = Outcome::noop;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto outcome = steps[i].outcome;
    if (outcome == Outcome::success && all == Outcome::noop) all = Outcome::success;
    if (is_good(outcome) || outcome == Outcome::blocked || forgiven[i]) continue;
    // The first thing that went wrong names the run, except that a failure outranks a cancellation
    // that it caused.
    if (is_good(all) || (all == Outcome::cancelled && outcome != Outcome::cancelled)) all = outcome;
  }
  return all;
}

json summary(const std::vector<StepReport>& steps) {
  json all = json::array();
  for (const auto& step : steps)
    all.push_back({{"id", step.id},
                   {"stage", step.stage},
                   {"action", step.action},
                   {"outcome", to_string(step.outcome)},
                   {"seconds", std::chrono::duration<double>(step.elapsed).count()}});
  return all;
}

RunReport empty_report(const plan::Plan& plan, const RunOptions& options) {
  RunReport report;
  report.run_id = options.run_id;
  for (const auto& step : plan.steps)
    report.steps.push_back({.id = step.id,
                            .stage = step.stage,
                            .action = step.action->info->name,
                            .has_writes = step.has_writes()});
  return report;
}

}  // namespace

ExitStatus RunReport::exit() const noexcept {
  switch (outcome) {
    case Outcome::success:
    case Outcome::noop:
    case Outcome::skipped:
      return ExitStatus::done;
    case Outcome::cancelled:
      return ExitStatus::interrupted;
    case Outcome::timeout:
      return ExitStatus::timeout;
    default:
      break;
  }
  for (const auto& diagnostic : diagnostics)
    if (diagnostic.severity == report::Severity::error)
      return diagnostic.exit == ExitStatus::done ? ExitStatus::failed : diagnostic.exit;
  return ExitStatus::failed;
}

RunReport run(const plan::Plan& plan, const workflow::Descriptor& descriptor,
              const RunOptions& options, const Machinery& machinery) {
  Execution execution(plan, descriptor, options, machinery);
  RunReport out = empty_report(plan, options);
  const auto begin = Clock::now();
  execution.note({{"event", "run_started"},
                  {"command", descriptor.request.command},
                  {"stages", plan.stages},
                  {"request", plan.request},
                  {"pid", ::getpid()}});
  report::Event started;
  started.kind = report::EventKind::run_started;
  started.text = descriptor.request.command;
  started.total = plan.steps.size();
  execution.tell(std::move(started));

  const Warden warden(
      execution, *machinery.services->cancellation,
      [&](const std::string& step, ExitStatus status) {
        report::Event last;
        last.kind = report::EventKind::run_finished;
        last.text = descriptor.request.command;
        last.outcome = status == ExitStatus::timeout ? Outcome::timeout : Outcome::cancelled;
        last.elapsed = Clock::now() - begin;
        last.diagnostics.push_back(
            report::diagnose(report::code::step_does_not_stop, "step '" + step + "' does not stop",
                             {}, "this is a bug in its pack; harbor ends without it"));
        execution.note({{"event", "run_finished"},
                        {"outcome", to_string(last.outcome)},
                        {"seconds", std::chrono::duration<double>(last.elapsed).count()}});
        execution.tell(std::move(last));
        std::_Exit(static_cast<int>(status));
      });

  bool going_on = true;
  report::Diagnostics unrestored;
  for (std::size_t first = 0; first < plan.steps.size();) {
    std::size_t last = first;
    while (last < plan.steps.size() && plan.steps[last].stage == plan.steps[first].stage) ++last;
    report::Event event;
    event.kind = report::EventKind::stage_started;
    event.total = last - first;
    event.stage = plan.steps[first].stage;
    execution.tell(event);
    if (going_on) {
      going_on = StageRun(plan, first, last, execution, out.steps, options.jobs).run();
      const auto lost = execution.settle_files(going_on);
      unrestored.insert(unrestored.end(), lost.begin(), lost.end());
    } else {
      for (std::size_t i = first; i < last; ++i) {
        report::Event blocked;
        blocked.kind = report::EventKind::step_finished;
        blocked.outcome = Outcome::blocked;
        execution.tell(std::move(blocked), &plan.steps[i]);
      }
    }
    event.kind = report::EventKind::stage_finished;
    event.outcome = going_on ? Outcome::success : Outcome::failure;
    execution.tell(std::move(event));
    first = last;
  }

  std::vector<bool> forgiven;
  for (const auto& step : plan.steps)
    forgiven.push_back(step.written && step.written->continue_on_error);
  out.outcome = overall(out.steps, forgiven);
  if (is_good(out.outcome) && execution.is_cancelled()) out.outcome = Outcome::cancelled;
  out.elapsed = Clock::now() - begin;
  for (const auto& step : out.steps)
    out.diagnostics.insert(out.diagnostics.end(), step.diagnostics.begin(), step.diagnostics.end());
  out.diagnostics.insert(out.diagnostics.end(), unrestored.begin(), unrestored.end());
  out.artifacts = execution.blackboard().artifacts();
  out.origins = execution.blackboard().origins();
  execution.note({{"event", "run_finished"},
                  {"outcome", to_string(out.outcome)},
                  {"seconds", std::chrono::duration<double>(out.elapsed).count()},
                  {"steps", summary(out.steps)}});
  report::Event finished;
  finished.kind = report::EventKind::run_finished;
  finished.text = descriptor.request.command;
  finished.outcome = out.outcome;
  finished.elapsed = out.elapsed;
  finished.diagnostics = unrestored;
  execution.tell(std::move(finished));
  return out;
}

}  // namespace harbor::run
