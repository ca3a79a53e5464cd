// Lists in which a later entry replaces an earlier one with the same key.
#pragma once

#include <string>
#include <vector>

#include "node.hpp"
#include "rule.hpp"

namespace harbor::compose {

/// The key of entry `item`, as written. Two texts with variables have the same key only if they are
/// equal.
std::string key_of(const Node& item, Index index);

/// Its key once Compose has expanded short forms.
std::string canonical_key_of(const Node& item, Index index);

/// Keeps the first place and the last value of each key. First, the `count` items from earlier
/// files are compared by their canonical keys and the others as written; then all by their
/// canonical keys.
std::vector<Node*> unique(const std::vector<Node*>& items, std::size_t count, Index index);

}  // namespace harbor::compose
