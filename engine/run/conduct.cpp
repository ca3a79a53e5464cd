#include "run/conduct.hpp"

#include <memory>
#include <optional>

#include "process/leftover.hpp"
#include "run/trial.hpp"
#include "store/commit.hpp"
#include "store/journal.hpp"

namespace harbor::run {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kept_runs = 200;

store::Lock take_lock(const Workspace& workspace, const std::string& run_id,
                      const ConductOptions& options, const Surroundings& around,
                      const process::Cancellation& cancellation) {
  const auto& descriptor = workspace.descriptor;
  return store::Lock::acquire(
      descriptor.project.var(), {0, run_id, descriptor.request.command, ""}, options.lock_timeout,
      around.waiting, [&] { return cancellation.state() != process::Cancellation::State::none; });
}

/// Ends what a run that was killed has left running; only the holder of the lock may.
void end_what_was_left(const workflow::Project& project, const std::string& run_id) {
  const auto last = store::list_runs(project.var(), 1);
  if (!last.empty() && last.front().outcome == "interrupted")
    process::end_leftovers(project.folder.string(), run_id);
}

/// Whether the run is to remove files that are there, whatever its steps do.
bool has_files_to_remove(const workflow::Project& project, const plan::Target& target) {
  const auto files = store::run_folder_of(project.var());
  return target.has_stage("destroy") && fs::exists(fs::symlink_status(files.folder));
}

/// Completes what a run that was killed had begun to write.
void recover_files(const workflow::Project& project, const plan::Target& target) {
  try {
    store::recover(store::run_folder_of(project.var()));
  } catch (const report::Error&) {
    // Destroy removes it all, and tells of what it cannot.
    if (!target.has_stage("destroy")) throw;
  }
}

}  // namespace

RunReport conduct(Workspace& workspace, const plan::Target& target, const ConductOptions& options,
                  const Surroundings& around) {
  auto plan = plan_or_throw(workspace, target, read_record(workspace, target));
  RunOptions run_options;
  run_options.mode = options.mode;
  run_options.jobs = options.jobs;
  run_options.may_attach = options.may_attach;
  run_options.run_id = store::new_run_id();
  run_options.workspace = workspace.descriptor.project.folder;
  run_options.run_dir = workspace.descriptor.project.run();

  process::Cancellation cancellation;
  const process::SignalCancellation signals(cancellation);
  process::become_subreaper();
  const auto& project = workspace.descriptor.project;
  std::optional<store::Lock> lock;
  std::unique_ptr<store::Journal> journal;
  const bool writes = plan.has_writes() || has_files_to_remove(project, target);
  if (options.mode == Mode::execute && writes && options.is_recorded) {
    lock.emplace(take_lock(workspace, run_options.run_id, options, around, cancellation));
    // Whether a lock is needed only the plan tells; a run that ended meanwhile may have changed
    // what it was made from.
    if (auto record = read_record(workspace, target); record != workspace.record)
      plan = plan_or_throw(workspace, target, std::move(record));
    recover_files(project, target);
    end_what_was_left(project, run_options.run_id);
    store::prune_runs(project.var(), kept_runs);
    journal = std::make_unique<store::Journal>(project.var(), run_options.run_id);
  }
  secret::forbid_core_dumps();
  secret::Vault vault;
  host::Services services;
  services.vault = &vault;
  services.cancellation = &cancellation;
  services.run_process = around.run_process;
  services.environment = around.environment;
  services.try_stage = stage_runner(around.executable, around.run_process);
  plugin::Libraries libraries(host::host_table());
  const Machinery machinery{&services, &libraries, around.observer, journal.get(),
                            workspace.catalog.get()};
  if (around.exchange) plan = around.exchange(std::move(plan));
  auto report = run(plan, run_options, machinery);
  process::reap_orphans();
  return report;
}

}  // namespace harbor::run
