// Short and long forms of a value: Compose expands short forms before it joins the next file.
#pragma once

#include <vector>

#include "node.hpp"
#include "rule.hpp"

namespace harbor::compose {

/// The long form, or the value itself if there is none or it is long already. Ports are expanded
/// only if all of them can be read: with a variable in one of them, Compose leaves the whole list
/// as it is.
Node* written_out(Store& store, Node* value, Shape shape);

/// KEY=VALUE entries. For a map: sorted, each value as Go prints it, one entry per item of a list;
/// for a list: its items; for a string: the string. Other values have none.
std::vector<Node*> as_sequence(Store& store, const Node& value);

/// A list of names as a map, with empty values or (depends_on) {condition: service_started,
/// required: true}. A map stays as it is; nothing for other values.
Node* as_names(Store& store, Node* value, bool is_depends_on);

/// `build: DIR` as a map.
Node* as_build(Store& store, Node* value);

}  // namespace harbor::compose
