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
#include "workflow/workflow.hpp"

namespace harbor::plan {

/// An artifact of an earlier step, bound to an input property.
struct Bound {
  std::string property;
  std::string artifact;
  bool required = false;
  std::size_t step = 0;  ///< index into Plan::steps
};

/// An input property that is known only when the step runs.
struct Open {
  std::string property;
  const document::Value* value = nullptr;
};

struct PlannedStep {
  std::string id;
  std::string stage;  ///< "command" for a step that the command line asked for
  const workflow::Step* written = nullptr;  ///< null for such a step
  const ResolvedAction* action = nullptr;
  nlohmann::json fixed;  ///< properties that are known
  std::vector<Open> open;
  std::vector<Bound> bound;
  std::vector<std::size_t> after;     ///< steps that must have ended; ascending
  bool reads_env = false;             ///< an expression of it reads a plain name
  const SavedState* saved = nullptr;  ///< by the step of an earlier run that this one is about
  bool undoes = false;                ///< it takes back what that step did

  /// Whether it may change something: its action may, and no property that asks for that
  /// ("x-harbor-writes") is left out or false.
  [[nodiscard]] bool has_writes() const;
};

struct PlannedHook {
  std::string point;
  std::vector<PlannedStep> steps;
};

struct Plan {
  std::vector<std::string> stages;  ///< in running order
  std::vector<PlannedStep> steps;   ///< in an order in which they could run one after another
  std::vector<PlannedHook> hooks;   ///< points that actions raise
  nlohmann::json request;           ///< {"services","options","profile","site"}

  [[nodiscard]] bool has_writes() const;
};

/// What is to be planned.
struct Target {
  std::vector<std::string> stages;
  /// An action with a face: its input comes from the command line.
  struct Command {
    std::string action;
    nlohmann::json input;
    const SavedState* saved = nullptr;  ///< what it is about, for its status
  };
  std::optional<Command> command;
  bool prefers_record =
      false;  ///< the command takes recorded artifacts before it has any made afresh

  [[nodiscard]] bool has_stage(std::string_view stage) const;
};

/// Binds and checks. Stages before the target's join whole when an artifact of theirs is needed;
/// for a command only the steps that it needs. `record` holds what earlier runs left: `destroy`
/// takes its artifacts before anything else, commands after what can be made afresh, and behind the
/// steps of `destroy` its states are undone. It must outlive the plan. All errors go to
/// `diagnostics`; the plan is then of no use.
[[nodiscard]] Plan make_plan(const workflow::Descriptor& descriptor,
                             const workflow::Workflow& workflow, Catalog& catalog,
                             const Target& target, const Record& record,
                             report::Diagnostics& diagnostics);

}  // namespace harbor::plan
