// A run from its beginning to its end: the lock, the plan, the journal, the steps, the clean-up.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "run/run.hpp"
#include "run/workspace.hpp"
#include "store/lock.hpp"

namespace harbor::run {

/// How the run is to go.
struct ConductOptions {
  Mode mode = Mode::execute;
  unsigned jobs = 4;                          ///< operations at the same time
  std::chrono::milliseconds lock_timeout{0};  ///< how long to wait for another run; 0: not at all
  bool may_attach = false;                    ///< the command's child may have the terminal
  /// A run that writes takes the project's lock and keeps a journal. False for an interactive
  /// program: it may stay open for hours while deployments come and go.
  bool is_recorded = true;
  std::vector<std::string> forgotten =
      {};  ///< steps of earlier runs whose saved states are given up instead of undone
};

/// The world around a run, as main() hands it in. `observer` is not null and outlives the run.
struct Surroundings {
  std::filesystem::path executable;  ///< the program that runs now; for trials of a stage
  host::ProcessRunner run_process;
  std::map<std::string, std::string> environment;
  process::Time time = process::real_time();
  report::Observer* observer = nullptr;
  std::function<plan::Plan(plan::Plan)> exchange = {};         ///< what is run in place of the plan
  std::function<void(const store::LockHolder&)> waiting = {};  ///< called once, before a wait
  std::function<void(const std::string& step)> forgetting = {};  ///< for each step that is given up
  /// Called before the first step with a function that hides the secrets known to the run at the
  /// time of the call; that function may be called from any thread, also after the run.
  std::function<void(std::function<std::string(std::string_view)>)> masking = {};
};

/// Plans `target` and runs it. A check goes on with an incomplete plan: what is wrong with the plan
/// is in the report, beside what the actions say. When the plan writes, the project's lock is taken
/// before the plan is final and held until the last step has ended, so that what earlier runs left
/// cannot change in between. A destroy that succeeds leaves an empty state. SIGINT, SIGTERM and
/// SIGHUP cancel the run while it lasts. Throws report::Error when the plan is refused or the lock
/// cannot be taken.
[[nodiscard]] RunReport conduct(Workspace& workspace, const plan::Target& target,
                                const ConductOptions& options, const Surroundings& around);

}  // namespace harbor::run
