// Checking a step: what is wrong with all that it would read, as far as that is known without
// running anything.
#pragma once

#include "run/execution.hpp"

namespace harbor::run {

/// Asks the step's action, for each round of the step. What it answers is published for later
/// steps. `skipped` without a word when the step's input hangs on what nobody could tell.
[[nodiscard]] RoundResult check_step(Execution& execution, const plan::PlannedStep& step);

/// The same for the steps of hooks that actions raise, after all others; not for those that take
/// what an action passes to the hook.
[[nodiscard]] report::Diagnostics check_hooks(Execution& execution);

}  // namespace harbor::run
