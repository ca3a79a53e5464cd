// What Harbor itself reads in an action's schemas: the members that start with x-harbor-. They are
// read only here, once, when a pack is scanned.
#pragma once

#include "plugin/pack.hpp"

namespace harbor::plugin {

/// Parses both schemas of `action` and fills its section, face, bindings, marks and results. Throws
/// Refused H0311.
void read_schema_marks(ActionInfo& action);

}  // namespace harbor::plugin
