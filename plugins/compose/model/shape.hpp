// One value in two forms: what Compose makes of a short form before the next file joins it.
#pragma once

#include <vector>

#include "node.hpp"
#include "rule.hpp"

namespace harbor::compose {

/// The long form, or the value itself where there is none or it is long already. Ports are written
/// out only when every one of them can be read: one variable among them and Compose leaves the
/// whole list alone.
Node* written_out(Store& store, Node* value, Shape shape);

/// KEY=VALUE entries: of a map sorted, each value as Go prints it, one entry for each item of a
/// list; of a list its items; of a string the string. Nothing else has any.
std::vector<Node*> as_sequence(Store& store, const Node& value);

/// A list of names as a map: to nothing, or (depends_on) to {condition: service_started, required:
/// true}. A map is itself; for anything else there is none.
Node* as_names(Store& store, Node* value, bool is_depends_on);

/// `build: DIR` as a map.
Node* as_build(Store& store, Node* value);

}  // namespace harbor::compose
