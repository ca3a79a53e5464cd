// What to do with a running service when the content that it mounts changes: `x-harbor-on-change`.
#pragma once

#include <map>
#include <string>

#include "merge.hpp"

namespace harbor::compose {

/// Service -> "restart", "none", or a signal by its full name, "SIGHUP". Services without the key
/// are missing: they get a new container. Throws compose.on_change.
std::map<std::string, std::string> on_change_of(const Project& project);

}  // namespace harbor::compose
