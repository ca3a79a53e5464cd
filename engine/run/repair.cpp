#include "run/repair.hpp"

#include <functional>
#include <system_error>

#include "process/leftover.hpp"
#include "report/code_store.hpp"
#include "store/commit.hpp"
#include "store/journal.hpp"
#include "store/lock.hpp"
#include "store/run_folder.hpp"
#include "store/state.hpp"

namespace harbor::run {
namespace {

namespace fs = std::filesystem;

using Findings = std::vector<Finding>;

/// Renames a file so that nothing reads it any more, but its content is kept. Returns what was
/// done; throws report::Error.
std::string put_aside(const fs::path& file, const workflow::Project& project) {
  fs::path aside = file;
  aside += ".damaged";
  // An earlier copy may be the better one.
  for (int number = 2; fs::exists(fs::symlink_status(aside)); ++number)
    aside = file.string() + ".damaged." + std::to_string(number);
  std::error_code error;
  fs::rename(file, aside, error);
  if (error)
    throw report::Error(
        report::diagnose(report::code::write_failed,
                         "cannot rename '" + project.shown(file) + "': " + error.message()));
  return "it is kept as " + project.shown(aside);
}

/// Adds a finding whose mending is `mend`, which says what it did or throws.
void add(Findings& findings, std::string what, const std::function<std::string()>& mend) {
  Finding finding{std::move(what), {}};
  try {
    finding.done = mend();
  } catch (const report::Error& error) {
    finding.problems = error.diagnostics();
  }
  findings.push_back(std::move(finding));
}

void look_at_lock(const workflow::Project& project, store::Lock& lock, Findings& findings) {
  for (const std::string& run : lock.left())
    add(findings, "run " + run + " was killed while it had the lock", [&] {
      const auto count = process::end_leftovers(project.folder.string(), run);
      return count == 0 ? std::string("none of it is running any more")
                        : std::to_string(count) + " of its processes were ended";
    });
  lock.settle();
}

void look_at_run_folder(const workflow::Project& project, Findings& findings) {
  const auto folder = store::run_folder_of(project.var());
  if (!fs::exists(fs::symlink_status(folder.folder / store::staging_folder))) return;
  add(findings, "a change of the files in " + folder.shown + " was not completed", [&] {
    store::recover(folder);
    return std::string("the files are as before it, or as after it");
  });
}

void look_at_state(const workflow::Project& project, Findings& findings) {
  try {
    (void)store::read_state(project.var());
  } catch (const report::Error& error) {
    const auto& problem = error.diagnostics().front();
    add(findings, problem.message, [&] {
      // What cannot be read may be whole, and a newer Harbor can read its own.
      if (problem.code != report::code::state_damaged) throw report::Error(problem);
      return put_aside(project.var() / "state" / "state.json", project) +
             "; `harbor destroy --from-labels` takes down what can be found without it";
    });
  }
}

/// Files that were being written when their writer was killed.
void look_for_temporary_files(const workflow::Project& project, Findings& findings) {
  for (const char* folder : {"state", "runs", "."}) {
    std::error_code error;
    for (fs::directory_iterator entry(project.var() / folder, error), end; !error && entry != end;
         entry.increment(error)) {
      const fs::path file = entry->path().lexically_normal();
      if (file.extension() != ".tmp" || !fs::is_regular_file(entry->symlink_status())) continue;
      add(findings, project.shown(file) + " was never completed", [&] {
        std::error_code failed;
        if (fs::remove(file, failed); failed)
          throw report::Error(
              report::diagnose(report::code::write_failed,
                               "cannot remove '" + project.shown(file) + "': " + failed.message()));
        return std::string("it is removed");
      });
    }
  }
}

void look_at_journals(const workflow::Project& project, Findings& findings) {
  for (const auto& run : store::list_runs(project.var()))
    if (run.problem)
      add(findings, run.problem->message + " (run " + run.run + ")", [&] {
        if (run.problem->code != report::code::journal_corrupt) throw report::Error(*run.problem);
        return put_aside(project.var() / "runs" / (run.run + ".jsonl"), project);
      });
}

}  // namespace

std::vector<Finding> repair(const workflow::Project& project,
                            std::chrono::milliseconds lock_timeout) {
  if (!fs::exists(project.var())) return {};
  auto lock =
      store::Lock::acquire(project.var(), {0, store::new_run_id(), "repair", ""}, lock_timeout);
  Findings findings;
  look_at_lock(project, lock, findings);
  look_at_run_folder(project, findings);
  look_at_state(project, findings);
  look_for_temporary_files(project, findings);
  look_at_journals(project, findings);
  return findings;
}

}  // namespace harbor::run
