// A planned step as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "plan/step.hpp"

namespace harbor::plan {

/// Members with a default value (an empty list, false, no timeout) are left out.
[[nodiscard]] nlohmann::json step_to_json(const PlannedStep& step);

/// Throws as refuse_plan() does; `at` is where the step is in the plan, `sources` how many there
/// are. References to other steps (`after`, `bound`) are checked by the plan.
[[nodiscard]] PlannedStep step_from_json(const nlohmann::json& value, const std::string& at,
                                         std::size_t sources);

}  // namespace harbor::plan
