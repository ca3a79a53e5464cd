// Plan -> Run: executes steps in order, in parallel where possible, and records and reports
// everything.
#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/call.hpp"
#include "plan/plan.hpp"
#include "plugin/library.hpp"
#include "report/event.hpp"
#include "report/trace.hpp"
#include "store/journal.hpp"
#include "store/state.hpp"

namespace harbor::run {

enum class Mode : std::uint8_t {
  execute,
  preview,  ///< steps are asked for their plan; those that have none run if they write nothing
  inspect,  ///< steps that may write are asked for their status, the others run
  check,    ///< steps are asked what is wrong with all that they would read; none runs
};

struct RunOptions {
  Mode mode = Mode::execute;
  unsigned jobs = 4;  ///< operations at the same time
  std::string run_id;
  std::filesystem::path workspace;  ///< the project's folder
  std::filesystem::path run_dir;    ///< what packs may write to
  bool may_attach = false;          ///< the command's child may have the terminal
  std::chrono::milliseconds default_timeout{600'000};  ///< for actions that are not long-running
  std::vector<std::string> forgotten =
      {};                             ///< steps of earlier runs whose saved states are given up
  report::Diagnostics problems = {};  ///< why the run fails whatever its steps do
};

/// How one step ended.
struct StepReport {
  std::string id = {}, stage = {}, action = {};
  bool has_writes = false;
  report::Outcome outcome = report::Outcome::blocked;
  std::chrono::nanoseconds elapsed{0};
  unsigned attempts = 0;
  report::Diagnostics diagnostics = {};
  nlohmann::json output = {};   ///< may hold references to secrets
  nlohmann::json changes = {};  ///< preview: what would change; null when the action cannot tell
};

/// Secrets in it are masked.
struct RunReport {
  std::string run_id;
  report::Outcome outcome = report::Outcome::success;  ///< noop when nothing changed
  std::chrono::nanoseconds elapsed{0};
  std::vector<StepReport> steps;    ///< as in the plan
  report::Diagnostics diagnostics;  ///< all of them, in the order in which they came up
  nlohmann::json artifacts;         ///< name -> value
  std::map<std::string, nlohmann::json> origins;

  [[nodiscard]] ExitStatus exit() const noexcept;
};

/// What a run works with; everything outlives it.
struct Machinery {
  const host::Services* services = nullptr;
  /// The seam to the code of packs: the table of one of a pack's actions, which outlives the run.
  /// Throws report::Error when the pack cannot be loaded. The trace reports a pack that was not
  /// loaded before.
  std::function<const harbor_action&(const plugin::Pack&, std::string_view action,
                                     const report::Trace&)>
      load;
  report::Observer* observer = nullptr;
  store::Journal* journal = nullptr;  ///< null: the run keeps none
  store::StateFile* state = nullptr;  ///< of the project; null when the run has no lock
  plan::Catalog* catalog = nullptr;   ///< for the actions that the plan names
  /// Called when a step does not stop, after everything was reported: a thread cannot be killed, a
  /// process can.
  std::function<void(ExitStatus)> end_process = [](ExitStatus status) {
    std::_Exit(static_cast<int>(status));
  };
};

/// Runs the plan. A failed step blocks its dependents and all later stages; cancelling lets running
/// steps end. Throws report::Error before anything runs when an action of the plan is missing, or
/// is provided by a pack other than the one in the plan.
[[nodiscard]] RunReport run(const plan::Plan& plan, const RunOptions& options,
                            const Machinery& machinery);

}  // namespace harbor::run
