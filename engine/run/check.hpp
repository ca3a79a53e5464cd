// Checking a step: what is wrong with all that it would read, as far as that is known without
// running anything.
#pragma once

#include "run/execution.hpp"

namespace harbor::run {

/// Asks the step's action, for each round of the step. The answer is published for later steps.
/// `skipped`, without a message, when the step's input depends on something that could not be
/// known.
[[nodiscard]] RoundResult check_step(Execution& execution, const plan::PlannedStep& step);

/// The same for the steps of hooks that actions raise, after all others; not for steps that use
/// what an action passes to the hook.
[[nodiscard]] report::Diagnostics check_hooks(Execution& execution);

}  // namespace harbor::run
