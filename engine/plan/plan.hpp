// What will run, in which order, with every input accounted for. Pure: no process, no clock, no
// plugin code.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plan/catalog.hpp"
#include "plan/record.hpp"
#include "plan/step.hpp"
#include "workflow/workflow.hpp"

namespace harbor::plan {

struct PlannedHook {
  std::string point;
  std::vector<PlannedStep> steps;
};

/// A value: it may be written, read again (plan/plan_json.hpp) and run elsewhere. It never contains
/// secrets, only references to them.
struct Plan {
  std::string command;              ///< as it was typed, for the record: "deploy", "run source"
  std::vector<std::string> stages;  ///< in running order
  std::vector<PlannedStep> steps;   ///< in an order in which they could run one after another
  std::vector<PlannedHook> hooks;   ///< points that actions raise
  nlohmann::json request;           ///< {"services","options","profile","site"}
  document::Sources sources;        ///< what the marks of the steps point into

  [[nodiscard]] bool has_writes() const;
  [[nodiscard]] report::Span span(const document::Mark& mark) const {
    return document::to_span(mark, sources);
  }
  /// A label for a mark; none when it is nowhere.
  [[nodiscard]] std::vector<report::Label> labels(const document::Mark& mark) const;
};

/// The points that a descriptor may have hooks for, sorted: before and after each stage, and those
/// that actions raise.
[[nodiscard]] std::vector<std::string> hook_points(const plugin::Registry& registry);

/// What to plan.
struct Target {
  std::vector<std::string> stages;
  /// An action that is a command: its input comes from the command line.
  struct Command {
    std::string action;
    nlohmann::json input;
    std::optional<SavedState> saved = {};  ///< the state that it is asked about, for its status
  };
  std::optional<Command> command;
  bool prefers_record = false;  ///< the command prefers recorded artifacts to making new ones

  [[nodiscard]] bool has_stage(std::string_view stage) const;
};

/// Binds and checks. An earlier stage joins as a whole when one of its artifacts is needed; for a
/// command, only the steps that it needs do. `record` holds what earlier runs left: `destroy`
/// prefers its artifacts to all others, commands use them only if they cannot be made anew, and its
/// states are undone after the steps of `destroy`. All errors go to `diagnostics`; the plan is then
/// unusable.
[[nodiscard]] Plan make_plan(const workflow::Descriptor& descriptor,
                             const workflow::Workflow& workflow, Catalog& catalog,
                             const Target& target, const Record& record,
                             report::Diagnostics& diagnostics);

}  // namespace harbor::plan
