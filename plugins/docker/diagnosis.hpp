// What went wrong with services that should run: which one, why, and its last words.
#pragma once

#include <harbor/action.hpp>

#include "command.hpp"

namespace harbor::docker {

/// The failure of a `compose up` with everything that a look at the engine adds. Looks only, and
/// never fails itself.
Error diagnose(Context& context, const Stack& stack, const Process& process);

/// The failure when the services were not ready in time.
Error diagnose_late(Context& context, const Stack& stack);

}  // namespace harbor::docker
