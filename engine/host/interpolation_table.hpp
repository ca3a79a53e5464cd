// The optional table "harbor.interpolation.v1": `${NAME}` for packs, by the engine's own code.
#pragma once

#include <harbor/interpolation.h>

namespace harbor::host {

/// Lives as long as the process.
[[nodiscard]] const harbor_interpolation& interpolation_table() noexcept;

}  // namespace harbor::host
