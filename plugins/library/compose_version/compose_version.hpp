// Which release of Compose serves Harbor.
#pragma once

#include <string_view>

namespace harbor::compose_version {

/// The first release with inline configs.
inline constexpr std::string_view needed = "2.23.1";

/// Whether `version`, as `docker compose version --short` prints it, is that release or a later
/// one. "dev" and what does not read as a version count as later; "v" and "-desktop.2" are
/// overlooked.
bool has_inline_configs(std::string_view version);

}  // namespace harbor::compose_version
