// One call of the program: what was asked for and where.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/context.hpp"
#include "cli/kernel_log.hpp"
#include "cli/options.hpp"
#include "cli/progress.hpp"
#include "cli/schema_option.hpp"
#include "plugin/registry.hpp"
#include "report/view.hpp"
#include "run/conduct.hpp"
#include "run/workspace.hpp"

namespace harbor::cli {

/// What every command is given. The project is looked up, packs are discovered and arguments are
/// read once, on the way to the command, and not again after that.
struct Invocation {
  const Context& context;
  KernelLog& log;
  Arguments arguments = {};
  std::optional<Location> location = {};          ///< what -C and -f name; nothing before locate()
  std::optional<workflow::Project> project = {};  ///< where they lead; nothing without a project
  std::shared_ptr<const plugin::Registry> packs = {};  ///< null until a command needs them
  std::optional<std::vector<SchemaOption>> request_options = {};  ///< as packs
  report::ViewOptions view = {};
  /// Hides the secrets of this call's run for as long as any of its text is shown. Never null.
  std::shared_ptr<TextMask> mask = std::make_shared<TextMask>();
};

/// Looks up the project that `location` names, unless that is done already. Packs that were found
/// for another project are dropped.
void locate(Invocation& call, Location location);

/// Takes over the arguments, the look of diagnostics that they ask for, and their log. `is_all`: no
/// more arguments can follow. Throws report::Error H0802, or H0705 when the log cannot be opened.
void accept(Invocation& call, Arguments arguments, bool is_all);

/// The project. Throws report::Error H0201 without one.
[[nodiscard]] const workflow::Project& project_of(const Invocation& call);

/// The packs, without those that only a descriptor names; discovered when first asked for.
const plugin::Registry& packs_of(Invocation& call);

/// What actions take from the request: options of every command that runs or plans.
const std::vector<SchemaOption>& request_options_of(Invocation& call);

/// Opens the project for `command`. `services` are those of the command line.
[[nodiscard]] std::unique_ptr<run::Workspace> open_workspace(Invocation& call,
                                                             const std::string& command,
                                                             std::vector<std::string> services);

/// What a run is about, instead of what the arguments say.
struct Selection {
  std::vector<std::string> services, options;
  std::string profile;  ///< empty: "default", when no service is named
};
[[nodiscard]] std::unique_ptr<run::Workspace> open_selection(Invocation& call,
                                                             const std::string& command,
                                                             Selection selection);

/// What --lock-timeout says. Throws report::Error when it is not a duration.
[[nodiscard]] std::chrono::milliseconds lock_timeout_of(const Arguments& arguments);

/// Plans `target` and runs it as the arguments say, with the views that fit the terminal. With
/// `is_watched` false nothing is shown but the event stream: the result is all there is to see.
/// Throws as run::conduct() does.
[[nodiscard]] run::RunReport conduct(const Invocation& call, run::Workspace& workspace,
                                     const plan::Target& target, run::ConductOptions options = {},
                                     bool is_watched = true);

}  // namespace harbor::cli
