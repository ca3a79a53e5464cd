// One operation of an action: the harbor_call that a pack sees, and the host's side of it.
#pragma once

#include <harbor/plugin.h>

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "process/cancellation.hpp"
#include "process/process.hpp"
#include "process/time.hpp"
#include "report/diagnostic.hpp"
#include "report/trace.hpp"
#include "secret/vault.hpp"
#include "store/change_set.hpp"

namespace harbor::host {

/// The seam through which processes are started.
using ProcessRunner =
    std::function<process::Completion(const process::Command&, const process::Cancellation&)>;

/// A stage to try out on a copy of the project.
struct StageTrial {
  std::string stage;
  nlohmann::json request;  ///< services, options, profile, site; each of them optional
  std::string folder;      ///< the copy of the project
  std::string events;      ///< the file that gets the run's events
  std::map<std::string, std::string> environment;  ///< complete
  std::optional<process::Clock::time_point> deadline;
};

/// The seam through which a stage is tried out: runs it to its end and keeps what it prints.
using StageRunner =
    std::function<process::Completion(const StageTrial&, const process::Cancellation&)>;

/// What all calls of a run share. Everything outlives the calls.
struct Services {
  secret::Vault* vault = nullptr;
  const process::Cancellation* cancellation = nullptr;
  ProcessRunner run_process;
  std::map<std::string, std::string>
      environment;             ///< Harbor's own; a child gets a few base variables from it
  StageRunner try_stage = {};  ///< may be empty: then no pack can try a stage
  process::Time time = process::real_time();
  /// Words that processes may be given even if a secret has the same value: the path of the
  /// project, names of services.
  std::vector<std::string> public_words = {};
};

/// A failure or warning that the action recorded.
struct Failure {
  harbor_status status = HARBOR_E_FAILED;
  bool warning = false;
  bool from_host = false;  ///< a host function refused, or an action that was invoked failed; what
                           ///< the pack says about it is better
  std::string code, message, hint, pointer;
  std::vector<report::Label> labels;
  std::vector<std::string> causes;
  std::string detail = {};  ///< as report::Diagnostic's
};

/// The result of an operation. Not masked: the code that reports it does that.
struct CallResult {
  harbor_status status = HARBOR_OK;
  nlohmann::json output;  ///< null when none was emitted
  std::map<std::string, nlohmann::json> origins;
  std::vector<Failure> failures;
};

/// What differs between calls, and what a call reports to the kernel while it runs.
struct CallSetup {
  std::uint32_t op = HARBOR_OP_EXECUTE;
  std::uint32_t attempt = 1;
  std::uint32_t flags = 0;  ///< HARBOR_CALL_*
  const harbor_action* action = nullptr;
  std::string input;
  std::string state;
  std::string run_id, step_id, workspace, run_dir;
  std::optional<process::Clock::time_point> deadline;
  bool may_attach = false;  ///< a command that the user typed: a child may have the terminal
  store::ChangeSet* changes =
      nullptr;  ///< takes what is written beneath the run folder; null: it is written at once

  // Called on the operation's thread, or on one that it started. Texts are not masked, except
  // output lines: a secret may span several of them, and only the reader of the stream sees that.
  std::function<void(int level, std::string message, nlohmann::json fields)> log;
  std::function<void(double fraction, std::string what)> progress;
  std::function<void(int stream, std::string line)> output_line;
  report::Trace trace;  ///< of the processes that it starts; empty when nothing listens
  /// Durable when it returns. Null if states are not kept: the host then refuses.
  std::function<void(const nlohmann::json& state)> save_state;
  std::function<CallResult(const std::string& action, const nlohmann::json& input)> invoke;
  std::function<harbor_status(const std::string& point, const nlohmann::json& payload)> raise_hook;
};

/// Runs one operation of `setup.action`. Everything that the pack does wrong is returned as a
/// failure.
[[nodiscard]] CallResult run_operation(const Services& services, const CallSetup& setup,
                                       harbor_op operation);

/// The table that packs are given; lives as long as the process.
[[nodiscard]] const harbor_host& host_table() noexcept;

/// The exit status that a harbor_status maps to.
[[nodiscard]] ExitStatus exit_of(harbor_status status) noexcept;

}  // namespace harbor::host
