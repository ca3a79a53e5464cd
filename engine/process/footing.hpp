// What this process needs to run: its parent may have closed its streams or set low limits.
#pragma once

#include <string>

namespace harbor::process {

/// To be called first in main(). Opens standard streams that are closed, so that a file opened
/// later is not taken for one of them; writing to such a stream fails. Writing to a pipe without a
/// reader, or to a file that may not grow, is an error and not a signal. Threads get stacks of the
/// usual size. Returns what could not be provided, as a sentence without a full stop; empty if
/// nothing.
[[nodiscard]] std::string find_footing() noexcept;

/// Call before exec of another program: restores the signals to what they were.
void leave_footing() noexcept;

}  // namespace harbor::process
