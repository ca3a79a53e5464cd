// The optional table "harbor.environment.v1": variables of the environment that Harbor was started
// with.
#pragma once

#include <harbor/environment.h>

namespace harbor::host {

/// Lives as long as the process.
[[nodiscard]] const harbor_environment& environment_table() noexcept;

}  // namespace harbor::host
