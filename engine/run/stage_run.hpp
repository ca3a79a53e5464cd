// Runs the steps of one stage, in parallel where possible.
#pragma once

#include <cstddef>
#include <vector>

#include "plan/plan.hpp"
#include "run/execution.hpp"
#include "run/run.hpp"

namespace harbor::run {

/// Runs the steps `first` to `last` (exclusive) of the plan, at most `jobs` operations at the same
/// time, and fills their reports. False when a step failed that was not allowed to.
[[nodiscard]] bool run_stage(const plan::Plan& plan, std::size_t first, std::size_t last,
                             Execution& execution, std::vector<StepReport>& reports, unsigned jobs);

}  // namespace harbor::run
