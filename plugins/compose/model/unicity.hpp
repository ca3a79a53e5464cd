// Lists in which a later entry takes the place of an earlier one of the same key.
#pragma once

#include <string>
#include <vector>

#include "node.hpp"
#include "rule.hpp"

namespace harbor::compose {

/// What entry `item` is known by, as written. Two texts with variables in them are one only when
/// they are equal.
std::string key_of(const Node& item, Index index);

/// What it is known by once Compose has written short forms out.
std::string canonical_key_of(const Node& item, Index index);

/// Keeps the first place and the last value of each key: `count` items came from earlier files and
/// are known by their canonical keys, the others by what is written; then all by their canonical
/// keys.
std::vector<Node*> unique(const std::vector<Node*>& items, std::size_t count, Index index);

}  // namespace harbor::compose
