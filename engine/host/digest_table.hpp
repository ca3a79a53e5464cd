// The optional table "harbor.digest.v1": digests of texts and secrets, for packs.
#pragma once

#include <harbor/digest.h>

namespace harbor::host {

/// Lives as long as the process.
[[nodiscard]] const harbor_digest& digest_table() noexcept;

}  // namespace harbor::host
