// A project, opened: descriptor, workflow, packs.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/context.hpp"
#include "cli/options.hpp"
#include "plan/catalog.hpp"
#include "plan/plan.hpp"
#include "plugin/registry.hpp"
#include "run/run.hpp"

namespace harbor::cli {

/// Everything that is known before planning. Not movable: the parts point at one another.
struct Session {
  workflow::Descriptor descriptor;
  workflow::Workflow workflow;
  std::shared_ptr<const plugin::Registry> registry;
  std::unique_ptr<plan::Catalog> catalog;
  plan::Record record;  ///< filled by plan_or_throw; plans point into it
  report::Diagnostics
      diagnostics;  ///< found while reading the workflow; reported with the planner's
};

/// Opens the project that the options name. `services` are those of the command line.
[[nodiscard]] std::unique_ptr<Session> open_session(const Context& context,
                                                    const Arguments& arguments,
                                                    const std::string& command,
                                                    std::vector<std::string> services);

/// The packs alone, for commands that work without a project.
[[nodiscard]] std::shared_ptr<const plugin::Registry> open_registry(const Context& context,
                                                                    const Arguments& arguments);

/// How a planned run is carried out.
struct Carry {
  run::Mode mode = run::Mode::execute;
  bool may_attach =
      false;            ///< the command's child may have the terminal; nothing else is shown then
  bool hushed = false;  ///< no view: the result is all there is to see
  bool is_visit =
      false;  ///< a person at work in what runs: no run of the project, so no lock and no journal
};

/// Plans `target` and runs it: lock and journal when it has write effects, views, signals,
/// clean-up. Throws report::Error when the plan is refused or the lock is held.
[[nodiscard]] run::RunReport carry_out(const Context& context, const Arguments& arguments,
                                       Session& session, const plan::Target& target,
                                       const Carry& carry);

/// The same up to the plan.
[[nodiscard]] plan::Plan plan_or_throw(Session& session, const plan::Target& target);

/// `report` as `--json` prints it.
[[nodiscard]] nlohmann::json to_json(const run::RunReport& report);

/// Prints diagnostics to standard error, or, with --json, as an object to standard output.
void print_diagnostics(const Context& context, const Arguments& arguments,
                       const report::Diagnostics& diagnostics);

/// How diagnostics and views look here.
[[nodiscard]] report::ViewOptions view_options(const Context& context, const Arguments& arguments);

}  // namespace harbor::cli
