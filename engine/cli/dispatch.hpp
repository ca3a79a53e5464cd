// argv -> command.
#pragma once

#include "cli/context.hpp"

namespace harbor::cli {

/// Runs the command line: Harbor's own commands first, then actions with a face, then harbor-<name>
/// programs on PATH. Returns the exit status; never throws.
int dispatch(Context context);

}  // namespace harbor::cli
