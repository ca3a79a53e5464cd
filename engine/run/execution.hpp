// Executing one step: its attempts and their results.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "run/blackboard.hpp"
#include "run/input.hpp"
#include "run/recorder.hpp"
#include "run/round.hpp"
#include "run/run.hpp"
#include "run/watch.hpp"

namespace harbor::run {

/// Executes the steps of one run; thread-safe.
class Execution {
 public:
  /// Throws as run() does.
  Execution(const plan::Plan& plan, const RunOptions& options, const Machinery& machinery);

  /// Runs one round, with its retries. The round fails if it cannot be recorded.
  [[nodiscard]] RoundResult round(const plan::PlannedStep& step, const Round& round);

  /// Makes a step's output visible to later steps and publishes its artifacts.
  void publish(const plan::PlannedStep& step, const nlohmann::json& output);
  /// Replaces what `${steps.ID...}` sees: the outputs of all rounds together.
  void set_output(const plan::PlannedStep& step, const nlohmann::json& output) {
    blackboard_.set_output(step.id, output);
  }

  /// Hands an event to the observer, masked; run, stage, step and action are filled in. Everything
  /// that a run says goes through here or through its recorder, and is masked nowhere else.
  void tell(report::Event event, const plan::PlannedStep* step = nullptr);
  [[nodiscard]] Recorder& recorder() noexcept { return recorder_; }
  /// Traces what is done for a step; empty when nothing listens.
  [[nodiscard]] report::Trace trace(const plan::PlannedStep* step, std::string step_id = {});
  /// Diagnostics that leave with the run's report.
  [[nodiscard]] report::Diagnostics masked(report::Diagnostics diagnostics) const;

  /// After a stage: puts what its steps wrote into the run folder, all of it or nothing, or drops
  /// it if `stays` is false. Returns why it could not.
  [[nodiscard]] report::Diagnostics settle_files(bool stays);

  [[nodiscard]] Blackboard& blackboard() noexcept { return blackboard_; }
  /// What the expressions of its steps can see.
  [[nodiscard]] Ground ground() const noexcept { return {plan_, blackboard_}; }
  [[nodiscard]] Watch& watch() noexcept { return watch_; }
  [[nodiscard]] process::Clock::time_point now() const { return machinery_.services->time.now(); }
  /// Whether the step's action is there; only a check starts without it.
  [[nodiscard]] bool knows(const plan::PlannedStep& step) const {
    const auto found = actions_.find(step.action);
    return found != actions_.end() && found->second;
  }
  /// HARBOR_AF_* of the action of a step that is known.
  [[nodiscard]] std::uint32_t flags_of(const plan::PlannedStep& step) const {
    return action_of(step).info->flags;
  }
  /// Whether some step of the plan publishes the artifact.
  [[nodiscard]] bool is_published(std::string_view artifact) const;
  /// The steps are only checked: a failure of one says nothing about the others.
  [[nodiscard]] bool is_check() const noexcept { return options_.mode == Mode::check; }
  [[nodiscard]] bool is_cancelled() const noexcept {
    return machinery_.services->cancellation->state() != process::Cancellation::State::none;
  }

 private:
  /// What one attempt is about.
  struct Assignment {
    const plan::PlannedStep& step;
    const plan::ResolvedAction& action;
    const Round& round;
    const nlohmann::json& input;
    bool asks = false;  ///< for the plan, the status or faults, by the mode of the run
    unsigned attempt = 1;
  };
  struct Attempt {
    host::CallResult call;
    report::Diagnostics diagnostics;
  };
  void run_round(const plan::PlannedStep& step, const Round& round, RoundResult& into);
  /// An attempt whose intent and result are in the journal; its outcome goes to `into`.
  Attempt recorded_attempt(const Assignment& given, RoundResult& into);
  void tell_retry(const plan::PlannedStep& step, const Attempt& attempt, unsigned number,
                  unsigned attempts);
  /// Makes the outcome of the last attempt the result of the round.
  void conclude(const plan::PlannedStep& step, Attempt attempt, RoundResult& into);
  /// The step is asked for its plan or status instead of being executed.
  [[nodiscard]] bool only_asks(const plan::PlannedStep& step) const;
  [[nodiscard]] std::uint32_t operation_for(const Assignment& given) const;
  /// An action that the action of a step invokes is asked instead of being executed.
  [[nodiscard]] bool asks_nested(const plan::PlannedStep& nested,
                                 const plan::ResolvedAction& action) const;
  [[nodiscard]] const plan::ResolvedAction& action_of(const plan::PlannedStep& step) const {
    return *actions_.find(step.action)->second;
  }
  void resolve(const std::vector<plan::PlannedStep>& steps);
  bool wait_before(unsigned next_attempt, const workflow::Retry& retry) const;

  // One attempt; see attempt.cpp.
  Attempt attempt(const Assignment& given);
  host::CallSetup call_setup(const Assignment& given);
  void add_events(const plan::PlannedStep& step, host::CallSetup& setup);
  /// Validates before the first execution, then runs the operation that `setup` names.
  [[nodiscard]] host::CallResult operate(const host::CallSetup& setup) const;
  host::CallResult invoke(const plan::PlannedStep& step, const Round& round,
                          const std::string& action, const nlohmann::json& input);
  harbor_status raise_hook(const Round& round, const std::string& point,
                           const nlohmann::json& payload);
  [[nodiscard]] report::Diagnostic describe(const plan::PlannedStep& step,
                                            const host::Failure& failure) const;

  const plan::Plan& plan_;
  const RunOptions& options_;
  const Machinery& machinery_;
  Recorder recorder_;
  Blackboard blackboard_;
  Watch watch_;
  const bool wants_trace_;
  std::mutex observer_mutex_;
  store::ChangeSet written_;  ///< by steps of this stage that succeeded
  std::map<std::string, const plan::ResolvedAction*, std::less<>> actions_;  ///< of the plan
  std::map<std::string, std::unique_ptr<std::mutex>, std::less<>> serial_;   ///< by action
};

}  // namespace harbor::run
