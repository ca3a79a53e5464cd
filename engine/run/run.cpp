#include "run/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "report/code_run.hpp"
#include "report/verdict.hpp"
#include "run/check.hpp"
#include "run/execution.hpp"
#include "run/outcome.hpp"
#include "run/report_mask.hpp"
#include "run/stage_run.hpp"
#include "run/warden.hpp"
#include "store/run_folder.hpp"

namespace harbor::run {
using process::Clock;
using report::Outcome;

namespace {

double seconds(std::chrono::nanoseconds elapsed) {
  return std::chrono::duration<double>(elapsed).count();
}

store::RunFinished record_of(const RunReport& report) {
  store::RunFinished record{std::string(to_string(report.outcome)), seconds(report.elapsed), {}};
  for (const auto& step : report.steps)
    record.steps.push_back({step.id, step.stage, step.action, std::string(to_string(step.outcome)),
                            seconds(step.elapsed)});
  return record;
}

RunReport empty_report(const plan::Plan& plan, const RunOptions& options) {
  RunReport report;
  report.run_id = options.run_id;
  for (const auto& step : plan.steps)
    report.steps.push_back(
        {.id = step.id, .stage = step.stage, .action = step.action, .has_writes = step.writes});
  return report;
}

/// Which step gives which artifact: traced here and not in the planner, which is pure.
void trace_bindings(Execution& execution, const plan::Plan& plan) {
  if (!execution.trace(nullptr)) return;
  for (const auto& step : plan.steps)
    for (const auto& bound : step.bound)
      execution.trace (&step)(report::trace_event("binding",
                                                  bound.property + " is the artifact " +
                                                      bound.artifact + " of " +
                                                      plan.steps[bound.step].id,
                                                  {{"property", bound.property},
                                                   {"artifact", bound.artifact},
                                                   {"from", plan.steps[bound.step].id}}));
}

void tell_start(Execution& execution, const plan::Plan& plan) {
  execution.recorder().note(store::RunStarted{
      .command = plan.command, .stages = plan.stages, .request = plan.request, .pid = ::getpid()});
  report::Event started;
  started.kind = report::EventKind::run_started;
  started.text = plan.command;
  started.total = plan.steps.size();
  execution.tell(std::move(started));
  trace_bindings(execution, plan);
}

void append(report::Diagnostics& all, const report::Diagnostics& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// A failure to record the end becomes part of the report: what the run did is done.
void record_end(Execution& execution, RunReport& report, report::Diagnostics& told) {
  try {
    execution.recorder().note(record_of(report));
  } catch (const report::Error& error) {
    if (is_good(report.outcome)) report.outcome = Outcome::failure;
    append(told, error.diagnostics());
  }
}

void tell_end(Execution& execution, const std::string& command, const RunReport& report,
              const report::Diagnostics& diagnostics) {
  report::Event finished;
  finished.kind = report::EventKind::run_finished;
  finished.text = command;
  finished.outcome = report.outcome;
  finished.elapsed = report.elapsed;
  finished.diagnostics = diagnostics;
  execution.tell(std::move(finished));
}

/// What the warden says and does when a step does not stop.
LastWords last_words(Execution& execution, const std::string& command, Clock::time_point begin,
                     const std::function<void(ExitStatus)>& end_process) {
  return [&execution, command, begin, &end_process](const std::string& step, ExitStatus status) {
    RunReport report;
    report.outcome = status == ExitStatus::timeout ? Outcome::timeout : Outcome::cancelled;
    report.elapsed = execution.now() - begin;
    report::Diagnostics told = {
        report::diagnose(report::code::step_does_not_stop, "step '" + step + "' does not stop", {},
                         "this is a bug in its pack; harbor ends without it")};
    record_end(execution, report, told);
    tell_end(execution, command, report, told);
    end_process(status);
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

/// Runs stage after stage; false once one failed. Diagnostics about the files that they wrote are
/// added to `told`.
bool run_stages(Execution& execution, const plan::Plan& plan, unsigned jobs,
                std::vector<StepReport>& reports, report::Diagnostics& told) {
  bool going_on = true;
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
      append(told, execution.settle_files(going_on));
      going_on = (going_on && !report::has_errors(told)) || execution.is_check();
    } else {
      tell_blocked(execution, plan, first, last);
    }
    event.kind = report::EventKind::stage_finished;
    event.outcome = going_on ? Outcome::success : Outcome::failure;
    execution.tell(std::move(event));
    first = last;
  }
  return going_on;
}

bool takes_down(const plan::Plan& plan) {
  return std::find(plan.stages.begin(), plan.stages.end(), "destroy") != plan.stages.end();
}

/// All of the run folder is Harbor's own, also what no step knows of any more. Returns whether
/// there was something to remove; what is left is added to `told`.
bool remove_files(const std::filesystem::path& var, report::Diagnostics& told) {
  const auto folder = store::run_folder_of(var);
  const bool is_there = std::filesystem::exists(std::filesystem::symlink_status(folder.folder));
  append(told, store::remove_run_folder(folder));
  return is_there;
}

/// Records that everything is taken down; if it cannot, the run has failed.
void clear_state(Recorder& recorder, Outcome& outcome, report::Diagnostics& diagnostics) {
  try {
    recorder.clear_state();
  } catch (const report::Error& error) {
    outcome = Outcome::failure;
    diagnostics.insert(diagnostics.end(), error.diagnostics().begin(), error.diagnostics().end());
  }
}

}  // namespace

RunReport run(const plan::Plan& plan, const RunOptions& options, const Machinery& machinery) {
  Execution execution(plan, options, machinery);
  const auto& command = plan.command;
  RunReport out = empty_report(plan, options);
  const auto begin = execution.now();
  tell_start(execution, plan);
  for (const auto& step : options.forgotten) execution.recorder().forget(step);
  const Warden warden(execution.watch(), *machinery.services,
                      last_words(execution, command, begin, machinery.end_process));
  report::Diagnostics told;
  const bool is_whole = run_stages(execution, plan, options.jobs, out.steps, told);
  if (execution.is_check()) append(told, check_hooks(execution));
  // While something of the deployment is left the files stay: what takes it down may need them.
  const bool is_removed = is_whole && options.mode == Mode::execute && takes_down(plan) &&
                          remove_files(options.run_dir.parent_path(), told);

  std::vector<bool> forgiven;
  for (const auto& step : plan.steps) forgiven.push_back(step.continue_on_error);
  out.outcome = overall(out.steps, forgiven);
  if (is_removed && out.outcome == Outcome::noop) out.outcome = Outcome::success;
  if (is_good(out.outcome) && execution.is_cancelled()) out.outcome = Outcome::cancelled;
  if (is_good(out.outcome) && report::has_errors(told)) out.outcome = Outcome::failure;
  if (is_good(out.outcome) && options.mode == Mode::execute && takes_down(plan))
    clear_state(execution.recorder(), out.outcome, told);
  append(told, options.problems);
  if (is_good(out.outcome) && report::has_errors(options.problems)) out.outcome = Outcome::failure;
  out.elapsed = execution.now() - begin;
  record_end(execution, out, told);
  for (const auto& step : out.steps)
    out.diagnostics.insert(out.diagnostics.end(), step.diagnostics.begin(), step.diagnostics.end());
  append(out.diagnostics, told);
  out.artifacts = execution.blackboard().take_artifacts();
  out.origins = execution.blackboard().take_origins();
  tell_end(execution, command, out, told);
  // Last, because everything made from the values needs them unmasked.
  mask(machinery.services->vault->masker(), *machinery.catalog, out);
  return out;
}

}  // namespace harbor::run
