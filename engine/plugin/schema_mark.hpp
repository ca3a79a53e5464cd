// What Harbor itself reads in an action's schemas: the members that start with x-harbor-.
#pragma once

#include "plugin/pack.hpp"

namespace harbor::plugin {

/// Parses both schemas of `action` and fills its section, face, consumes and publishes. Throws
/// Refused H0311.
void read_schema_marks(ActionInfo& action);

}  // namespace harbor::plugin
