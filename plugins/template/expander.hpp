// ${NAME} as the host reads it.
#pragma once

#include <harbor/action.hpp>

#include "envsubst.hpp"

namespace harbor::templating {

/// The expander of this run. Using it throws where the host offers none.
Expander expander_of(Context& context);

}  // namespace harbor::templating
