// A part of the document as a text to compare: the same for all spellings that Compose takes for
// the same.
#pragma once

#include <string>
#include <string_view>

#include "node.hpp"
#include "variable.hpp"

namespace harbor::compose {

/// The text with its variables replaced. Where one has no value, the text as written and what is
/// known of each.
std::string resolved(std::string_view text, const Lookup& lookup);

/// Maps by key, lists in their order, scalars by value with variables replaced. Keys that begin
/// with `x-` are left out. Different parts give different texts.
std::string canonical(const Node& node, const Lookup& lookup);

/// The same of variables, as a map or as a list of KEY=VALUE: their order does not matter, and one
/// without a value has that of `lookup`, as Compose gives it to the container.
std::string canonical_variables(const Node& node, const Lookup& lookup);

}  // namespace harbor::compose
