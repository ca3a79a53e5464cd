// A document as text. The same document gives the same bytes.
#pragma once

#include <string>

#include "node.hpp"

namespace harbor::compose {

/// YAML in block style, two spaces per level, scalars as they were spelled, no anchors, no
/// comments.
std::string to_yaml(const Node& root);

/// JSON with keys in the order of the document; integers that JSON can hold as numbers, other plain
/// spellings by value.
std::string to_json(const Node& root);

}  // namespace harbor::compose
