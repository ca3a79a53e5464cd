// Which release of Compose Harbor needs.
#pragma once

#include <string_view>

namespace harbor::compose_version {

/// The first release with inline configs.
inline constexpr std::string_view needed = "2.23.1";

/// Whether `version`, as `docker compose version --short` prints it, is that release or a later
/// one. "dev" and anything else that is not a version count as later; "v" and "-desktop.2" are
/// ignored.
bool has_inline_configs(std::string_view version);

}  // namespace harbor::compose_version
