// What becomes of a running service when the content that it mounts changes: `x-harbor-on-change`.
#pragma once

#include <map>
#include <string>

#include "merge.hpp"

namespace harbor::compose {

/// Service -> "restart", "none", or a signal by its full name, "SIGHUP". A service without the key
/// is not there: it gets a new container. Throws compose.on_change.
std::map<std::string, std::string> on_change_of(const Project& project);

}  // namespace harbor::compose
