// A planned step as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "plan/step.hpp"

namespace harbor::plan {

/// Members that say nothing (an empty list, false, no timeout) are left out.
[[nodiscard]] nlohmann::json step_to_json(const PlannedStep& step);

/// Throws as refuse_plan() does; `at` is where the step stands in the plan, `sources` how many
/// there are. What the step says of other steps (`after`, `bound`) is for the plan to check.
[[nodiscard]] PlannedStep step_from_json(const nlohmann::json& value, const std::string& at,
                                         std::size_t sources);

}  // namespace harbor::plan
