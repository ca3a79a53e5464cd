#include "run/run.hpp"

#include <unistd.h>

#include <cstdlib>

#include "report/code_run.hpp"
#include "run/execution.hpp"
#include "run/outcome.hpp"
#include "run/stage_run.hpp"
#include "run/warden.hpp"

namespace harbor::run {
using nlohmann::json;
using process::Clock;
using report::Outcome;

namespace {

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
    report.steps.push_back(
        {.id = step.id, .stage = step.stage, .action = step.action, .has_writes = step.writes});
  return report;
}

void tell_start(Execution& execution, const plan::Plan& plan) {
  execution.note({{"event", "run_started"},
                  {"command", plan.command},
                  {"stages", plan.stages},
                  {"request", plan.request},
                  {"pid", ::getpid()}});
  report::Event started;
  started.kind = report::EventKind::run_started;
  started.text = plan.command;
  started.total = plan.steps.size();
  execution.tell(std::move(started));
}

void tell_end(Execution& execution, const std::string& command, const RunReport& report,
              const report::Diagnostics& diagnostics) {
  json record = {{"event", "run_finished"},
                 {"outcome", to_string(report.outcome)},
                 {"seconds", std::chrono::duration<double>(report.elapsed).count()}};
  if (!report.steps.empty()) record["steps"] = summary(report.steps);
  execution.note(std::move(record));
  report::Event finished;
  finished.kind = report::EventKind::run_finished;
  finished.text = command;
  finished.outcome = report.outcome;
  finished.elapsed = report.elapsed;
  finished.diagnostics = diagnostics;
  execution.tell(std::move(finished));
}

/// What the warden says and does when a step does not stop.
LastWords last_words(Execution& execution, const std::string& command, Clock::time_point begin) {
  return [&execution, command, begin](const std::string& step, ExitStatus status) {
    RunReport report;
    report.outcome = status == ExitStatus::timeout ? Outcome::timeout : Outcome::cancelled;
    report.elapsed = Clock::now() - begin;
    tell_end(
        execution, command, report,
        {report::diagnose(report::code::step_does_not_stop, "step '" + step + "' does not stop", {},
                          "this is a bug in its pack; harbor ends without it")});
    std::_Exit(static_cast<int>(status));
  };
}

/// Nothing of a stage runs once an earlier one has failed.
void tell_blocked(Execution& execution, const plan::Plan& plan, std::size_t first,
                  std::size_t last) {
  for (std::size_t i = first; i < last; ++i) {
    report::Event blocked;
    blocked.kind = report::EventKind::step_finished;
    blocked.outcome = Outcome::blocked;
    execution.tell(std::move(blocked), &plan.steps[i]);
  }
}

/// Runs stage after stage; what could not be put back after a failed one.
report::Diagnostics run_stages(Execution& execution, const plan::Plan& plan, unsigned jobs,
                               std::vector<StepReport>& reports) {
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
      going_on = run_stage(plan, first, last, execution, reports, jobs);
      const auto lost = execution.settle_files(going_on);
      unrestored.insert(unrestored.end(), lost.begin(), lost.end());
    } else {
      tell_blocked(execution, plan, first, last);
    }
    event.kind = report::EventKind::stage_finished;
    event.outcome = going_on ? Outcome::success : Outcome::failure;
    execution.tell(std::move(event));
    first = last;
  }
  return unrestored;
}

}  // namespace

RunReport run(const plan::Plan& plan, const RunOptions& options, const Machinery& machinery) {
  Execution execution(plan, options, machinery);
  const auto& command = plan.command;
  RunReport out = empty_report(plan, options);
  const auto begin = Clock::now();
  tell_start(execution, plan);
  const Warden warden(execution.watch(), *machinery.services->cancellation,
                      last_words(execution, command, begin));
  const auto unrestored = run_stages(execution, plan, options.jobs, out.steps);

  std::vector<bool> forgiven;
  for (const auto& step : plan.steps) forgiven.push_back(step.continue_on_error);
  out.outcome = overall(out.steps, forgiven);
  if (is_good(out.outcome) && execution.is_cancelled()) out.outcome = Outcome::cancelled;
  out.elapsed = Clock::now() - begin;
  for (const auto& step : out.steps)
    out.diagnostics.insert(out.diagnostics.end(), step.diagnostics.begin(), step.diagnostics.end());
  out.diagnostics.insert(out.diagnostics.end(), unrestored.begin(), unrestored.end());
  out.artifacts = execution.blackboard().artifacts();
  out.origins = execution.blackboard().origins();
  tell_end(execution, command, out, unrestored);
  return out;
}

}  // namespace harbor::run
