// The optional table "harbor.files.v1": everything that packs write goes through here.
#pragma once

#include <harbor/files.h>

namespace harbor::host {

/// Lives as long as the process.
[[nodiscard]] const harbor_files& file_table() noexcept;

}  // namespace harbor::host
