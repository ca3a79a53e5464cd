// Executing one step: its input, its attempts, its output.
#pragma once

#include <atomic>
#include <list>
#include <mutex>
#include <optional>

#include "run/blackboard.hpp"
#include "run/run.hpp"

namespace harbor::run {

/// The values of one round of `forEach`, or of a hook point.
struct Round {
  const nlohmann::json* item = nullptr;
  std::optional<std::size_t> index;
  const nlohmann::json* hook = nullptr;
  unsigned depth = 0;  ///< of nested actions and hooks
};

/// How a round ended.
struct RoundResult {
  report::Outcome outcome = report::Outcome::noop;
  unsigned attempts = 0;
  report::Diagnostics diagnostics;
  nlohmann::json output;
  nlohmann::json changes;
};

/// Operations that are running now, for whoever watches over them.
class Watch {
 public:
  struct Entry {
    std::string step;
    std::optional<process::Clock::time_point> deadline;
  };
  using Handle = std::list<Entry>::iterator;

  Handle enter(std::string step, std::optional<process::Clock::time_point> deadline) {
    const std::lock_guard guard(mutex_);
    return running_.insert(running_.end(), {std::move(step), deadline});
  }
  void leave(Handle handle) {
    const std::lock_guard guard(mutex_);
    running_.erase(handle);
  }
  /// The operations that should have ended before `now`.
  [[nodiscard]] std::vector<Entry> overdue(process::Clock::time_point now) const;
  [[nodiscard]] std::vector<Entry> running() const {
    const std::lock_guard guard(mutex_);
    return {running_.begin(), running_.end()};
  }

 private:
  mutable std::mutex mutex_;
  std::list<Entry> running_;
};

/// Executes the steps of one run; thread-safe.
class Execution {
 public:
  Execution(const plan::Plan& plan, const workflow::Descriptor& descriptor,
            const RunOptions& options, const Machinery& machinery);

  /// The rounds of a step: nothing when its `when` does not hold (then `skipped`), one without
  /// `forEach`, else the items.
  struct Rounds {
    bool skipped = false;
    bool fans_out = false;
    nlohmann::json items;
    report::Diagnostics diagnostics;
  };
  [[nodiscard]] Rounds rounds(const plan::PlannedStep& step) const;

  /// Runs one round, with its retries.
  [[nodiscard]] RoundResult round(const plan::PlannedStep& step, const Round& round);

  /// Makes a step's output visible to later ones, and its artifacts published.
  void publish(const plan::PlannedStep& step, const nlohmann::json& output);
  /// Replaces what `${steps.ID...}` sees: the outputs of all rounds together.
  void set_output(const plan::PlannedStep& step, const nlohmann::json& output) {
    blackboard_.set_output(step.id, output);
  }

  /// Hands an event to the observer; run, stage, step and action are filled in.
  void tell(report::Event event, const plan::PlannedStep* step = nullptr);
  /// Appends to the journal, masked; nothing without one.
  void note(nlohmann::json record);

  /// Behind a stage: what its steps wrote beneath the run folder stays, or what was there before
  /// comes back. Failures to put it back.
  [[nodiscard]] report::Diagnostics settle_files(bool stays);

  [[nodiscard]] const Blackboard& blackboard() const noexcept { return blackboard_; }
  [[nodiscard]] Watch& watch() noexcept { return watch_; }
  [[nodiscard]] bool is_cancelled() const noexcept {
    return machinery_.services->cancellation->state() != process::Cancellation::State::none;
  }

 private:
  struct Prepared;
  struct Attempt;
  void prepare(const plan::PlannedStep& step, const Round& round, Prepared& into) const;
  void add_artifacts(const plan::PlannedStep& step, Prepared& into) const;
  Attempt attempt(const plan::PlannedStep& step, const Round& round, const Prepared& prepared,
                  unsigned number);
  host::CallSetup call_setup(const plan::PlannedStep& step, const Round& round,
                             const Prepared& prepared, unsigned number);
  host::CallResult invoke(const plan::PlannedStep& step, const Round& round,
                          const std::string& action, const nlohmann::json& input);
  harbor_status raise_hook(const Round& round, const std::string& point,
                           const nlohmann::json& payload);
  [[nodiscard]] report::Diagnostic describe(const plan::PlannedStep& step,
                                            const host::Failure& failure) const;
  bool wait_before(unsigned next_attempt, const workflow::Retry& retry) const;

  const plan::Plan& plan_;
  const workflow::Descriptor& descriptor_;
  const RunOptions& options_;
  const Machinery& machinery_;
  Blackboard blackboard_;
  Watch watch_;
  std::mutex observer_mutex_;
  std::mutex written_mutex_;
  store::Rollback written_;  ///< by steps of this stage that succeeded
  std::mutex serial_mutex_;
  std::map<const plan::ResolvedAction*, std::unique_ptr<std::mutex>> serial_;
};

}  // namespace harbor::run
