// What a step is given when it runs: whether, how often, and its input.
#pragma once

#include <nlohmann/json.hpp>

#include "plan/plan.hpp"
#include "run/blackboard.hpp"
#include "run/round.hpp"

namespace harbor::run {

/// What a step's expressions can see beyond their round.
struct Ground {
  const plan::Plan& plan;
  const Blackboard& blackboard;
};

/// The rounds of a step: nothing when its `when` does not hold (then `skipped`), one without
/// `forEach`, else the items.
struct Rounds {
  bool skipped = false;
  bool fans_out = false;
  nlohmann::json items;
  report::Diagnostics diagnostics;
};
[[nodiscard]] Rounds rounds_of(const plan::PlannedStep& step, const Ground& ground);

/// A round's input, ready to be handed over; not usable if the diagnostics contain an error.
struct Input {
  nlohmann::json value;
  report::Diagnostics diagnostics;
};
/// `schema`: the schema of the action's input.
[[nodiscard]] Input input_of(const plan::PlannedStep& step, const plan::Schema& schema,
                             const Round& round, const Ground& ground);

}  // namespace harbor::run
