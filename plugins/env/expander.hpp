// ${NAME} as the host reads it.
#pragma once

#include <harbor/action.hpp>

#include "dotenv.hpp"

namespace harbor::env {

/// The expander for env files of this run. Where the host offers none, a text without a dollar sign
/// is itself and any other a fault.
Expander expander_of(const Context& context);

}  // namespace harbor::env
