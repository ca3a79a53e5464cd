#include "run/conduct.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "process/leftover.hpp"
#include "report/code_command.hpp"
#include "report/suggestion.hpp"
#include "report/trace.hpp"
#include "run/guard.hpp"
#include "run/trial.hpp"
#include "store/commit.hpp"
#include "store/journal.hpp"
#include "store/state.hpp"

namespace harbor::run {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kept_runs = 200;

/// Before the run begins there is no secret to mask, and only one thread.
void trace_lock(const Surroundings& around, const std::string& run_id, std::string text,
                nlohmann::json fields) {
  if (!around.observer->wants_trace()) return;
  auto event = report::trace_event("lock", std::move(text), std::move(fields));
  event.run = run_id;
  around.observer->on_event(event);
}

store::Lock take_lock(const Workspace& workspace, const std::string& run_id,
                      const ConductOptions& options, const Surroundings& around,
                      const process::Cancellation& cancellation, store::ReadOnly read_only) {
  const auto& descriptor = workspace.descriptor;
  const auto begin = around.time.now();
  bool has_waited = false;
  auto lock = store::Lock::acquire(
      descriptor.project.var(), {0, run_id, descriptor.request.command, ""}, options.lock_timeout,
      [&](const store::LockHolder& holder) {
        has_waited = true;
        trace_lock(around, run_id, "waits for run " + holder.run,
                   {{"pid", holder.pid}, {"command", holder.command}});
        if (around.waiting) around.waiting(holder);
      },
      [&](std::chrono::milliseconds time) { return around.time.pause(time, cancellation); },
      read_only);
  const std::chrono::duration<double> time = around.time.now() - begin;
  trace_lock(around, run_id, has_waited ? "has the lock after a wait" : "has the lock",
             {{"seconds", time.count()}});
  // What killed runs left running and their guards could not end.
  for (const std::string& run : lock.left())
    process::end_leftovers(descriptor.project.folder.string(), run);
  lock.settle();
  return lock;
}

/// Whether the run has files to remove, whatever its steps do.
bool has_files_to_remove(const workflow::Project& project, const plan::Target& target) {
  const auto files = store::run_folder_of(project.var());
  return target.has_stage("destroy") && fs::exists(fs::symlink_status(files.folder));
}

/// Completes what a killed run had begun to write.
void recover_files(const workflow::Project& project, const plan::Target& target) {
  try {
    store::recover(store::run_folder_of(project.var()));
  } catch (const report::Error&) {
    // Destroy removes all of it, and reports what it cannot remove.
    if (!target.has_stage("destroy")) throw;
  }
}

/// Throws when nothing was saved by a step that is to be forgotten.
void check_forgotten(const std::vector<std::string>& forgotten, const store::State& state) {
  std::vector<std::string> known;
  for (const auto& saved : state.states) known.push_back(saved.maker.step);
  for (const auto& step : forgotten) {
    if (std::find(known.begin(), known.end(), step) != known.end()) continue;
    auto hint = report::did_you_mean(step, known);
    if (hint.empty())
      hint = known.empty() ? "there is nothing to undo" : "`harbor plan destroy` lists them";
    throw report::Error(report::diagnose(report::code::bad_usage,
                                         "no step '" + step + "' has anything to undo", {}, hint));
  }
}

/// Whether the run takes the lock, keeps a journal and may change the state.
bool is_recorded(const plan::Plan& plan, const plan::Target& target, const store::State& state,
                 bool removes_files, const ConductOptions& options) {
  if (options.mode != Mode::execute || !options.is_recorded) return false;
  return plan.has_writes() || !options.forgotten.empty() ||
         (target.has_stage("destroy") && !state.is_empty()) || removes_files;
}

/// Words that processes may be given even if a secret has the same value.
std::vector<std::string> public_words(const workflow::Descriptor& descriptor) {
  const auto& request = descriptor.request;
  std::vector<std::string> words{descriptor.project.folder.string(), request.profile, request.site};
  words.insert(words.end(), request.services.begin(), request.services.end());
  words.insert(words.end(), request.options.begin(), request.options.end());
  return words;
}

/// What a run that changes something holds until its end.
struct Recording {
  std::optional<store::Lock> lock;
  std::unique_ptr<store::StateFile> state;
  std::unique_ptr<store::Journal> journal;
  report::Diagnostics problems;  ///< why there is no journal
};

/// A disk that is full or read-only keeps no destroy from ending what runs; it has failed then.
void open_journal(const workflow::Project& project, const std::string& run_id,
                  const plan::Target& target, Recording& into) {
  try {
    into.journal = std::make_unique<store::Journal>(project.var(), run_id);
  } catch (const report::Error& error) {
    if (!target.has_stage("destroy")) throw;
    into.problems = error.diagnostics();
  }
}

/// The final plan, with the lock held if the run is recorded. `problems` gets what is wrong with a
/// plan that is only checked.
plan::Plan final_plan(Workspace& workspace, const plan::Target& target, const std::string& run_id,
                      const ConductOptions& options, const Surroundings& around,
                      const process::Cancellation& cancellation, Recording& into,
                      report::Diagnostics& problems) {
  const auto& project = workspace.descriptor.project;
  const auto read_only =
      target.has_stage("destroy") ? store::ReadOnly::share : store::ReadOnly::refuse;
  // A destroy that waits for a deploy is meant for what that deploys. Without a lock file there is
  // no run to wait for, and a destroy of nothing must leave no files.
  std::error_code ignored;
  if (options.mode == Mode::execute && target.has_stage("destroy") &&
      std::filesystem::exists(project.var() / "lock", ignored))
    into.lock.emplace(take_lock(workspace, run_id, options, around, cancellation, read_only));
  const auto state = store::read_state(project.var());
  check_forgotten(options.forgotten, state);
  if (options.mode == Mode::check)
    return plan_anyway(workspace, target, record_for(target, state, {}), problems);
  auto plan = plan_or_throw(workspace, target, record_for(target, state, options.forgotten));
  if (!is_recorded(plan, target, state, has_files_to_remove(project, target), options)) return plan;
  if (!into.lock)
    into.lock.emplace(take_lock(workspace, run_id, options, around, cancellation, read_only));
  into.state = std::make_unique<store::StateFile>(project.var());
  // Only the plan tells whether a lock is needed; a run that ended meanwhile may have changed what
  // the plan was made from.
  if (const auto now = into.state->now(); now.serial != state.serial)
    plan = plan_or_throw(workspace, target, record_for(target, now, options.forgotten));
  recover_files(project, target);
  store::prune_runs(project.var(), kept_runs);
  open_journal(project, run_id, target, into);
  if (around.forgetting)
    for (const auto& step : options.forgotten) around.forgetting(step);
  return plan;
}

}  // namespace

RunReport conduct(Workspace& workspace, const plan::Target& target, const ConductOptions& options,
                  const Surroundings& around) {
  RunOptions run_options;
  run_options.mode = options.mode;
  run_options.jobs = options.jobs;
  run_options.may_attach = options.may_attach;
  run_options.run_id = store::new_run_id();
  run_options.workspace = workspace.descriptor.project.folder;
  run_options.forgotten = options.forgotten;
  run_options.run_dir = workspace.descriptor.project.run();

  process::Cancellation cancellation;
  const process::SignalCancellation signals(cancellation);
  process::become_subreaper();
  Recording recording;
  report::Diagnostics problems;
  auto plan = final_plan(workspace, target, run_options.run_id, options, around, cancellation,
                         recording, problems);
  run_options.problems = recording.problems;
  secret::forbid_core_dumps();
  secret::Vault vault;
  if (around.masking)
    around.masking([masker = vault.masker()](std::string_view text) { return masker.apply(text); });
  host::Services services;
  services.vault = &vault;
  services.cancellation = &cancellation;
  Guard guard(around.executable, run_options.workspace.string(), run_options.run_id);
  services.run_process = [&](const process::Command& command,
                             const process::Cancellation& cancelled) {
    guard.post();
    return around.run_process(command, cancelled);
  };
  services.environment = around.environment;
  services.time = around.time;
  services.public_words = public_words(workspace.descriptor);
  services.try_stage = stage_runner(around.executable, services.run_process);
  plugin::Libraries libraries(host::host_table());
  Machinery machinery;
  machinery.services = &services;
  machinery.load = [&](const plugin::Pack& pack, std::string_view action,
                       const report::Trace& trace) -> const harbor_action& {
    return libraries.load(pack, action, trace);
  };
  machinery.observer = around.observer;
  machinery.journal = recording.journal.get();
  machinery.state = recording.state.get();
  machinery.catalog = workspace.catalog.get();
  // A plan with mistakes is only checked, and never leaves this process.
  if (around.exchange && problems.empty()) plan = around.exchange(std::move(plan));
  auto report = run(plan, run_options, machinery);
  process::reap_orphans();
  if (!problems.empty()) report.outcome = report::Outcome::failure;
  report.diagnostics.insert(report.diagnostics.begin(), problems.begin(), problems.end());
  return report;
}

}  // namespace harbor::run
