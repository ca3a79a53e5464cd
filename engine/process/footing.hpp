// What this process stands on: whoever starts it may have closed its streams, or left it little.
#pragma once

#include <string>

namespace harbor::process {

/// To be called first in main(). Opens standard streams that are closed, so that no file that is
/// opened later is taken for one of them; writing to one that was closed fails. Where nobody reads,
/// or a file may not grow, writing is an error and not a signal. Threads get stacks of the usual
/// size. Returns what is missing beyond that, as a sentence without a full stop; empty for nothing.
[[nodiscard]] std::string find_footing() noexcept;

/// Before another program takes the place of this one: it gets the signals back as they were.
void leave_footing() noexcept;

}  // namespace harbor::process
