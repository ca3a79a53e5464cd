// Turns a part of the document into a text for comparison: equal for all spellings that Compose
// treats as equal.
#pragma once

#include <string>
#include <string_view>

#include "node.hpp"
#include "variable.hpp"

namespace harbor::compose {

/// The text with its variables replaced. If one has no value, the text as written, followed by the
/// known value of each variable.
std::string resolved(std::string_view text, const Lookup& lookup);

/// Maps by key, lists in their order, scalars by value with variables replaced. Keys that begin
/// with `x-` are left out. Different parts give different texts.
std::string canonical(const Node& node, const Lookup& lookup);

/// The same for variables, as a map or as a list of KEY=VALUE: their order does not matter, and one
/// without a value gets the one of `lookup`, as Compose passes it to the container.
std::string canonical_variables(const Node& node, const Lookup& lookup);

}  // namespace harbor::compose
