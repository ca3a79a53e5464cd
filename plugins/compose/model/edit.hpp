// Changing a merged project in place, without touching what it shares with its layers.
#pragma once

#include <string_view>

#include "merge.hpp"

namespace harbor::compose {

/// The service as a map that may be changed; nothing if it is missing or not a map.
Node* editable_service(Project& project, std::string_view name);

/// The list of that key as one that may be changed; created if missing. A map or string becomes its
/// KEY=VALUE list.
Node* editable_list(Project& project, Node* map, std::string_view key);

/// The map of that key as one that may be changed; nothing if it is missing or not a map.
Node* editable_map(Project& project, Node* map, std::string_view key);

}  // namespace harbor::compose
