// Laying documents over one another.
#pragma once

#include <string_view>

#include "document/value.hpp"
#include "report/diagnostic.hpp"

namespace harbor::document {

/// Lays `over` on `base`: mappings merge key by key, everything else is replaced (null too). Stage lists
/// (`STAGE.steps`, `hooks.POINT`) and `plugins` append, so that a service's file adds steps. Each value that replaces
/// another remembers its place in `shadowed`.
void lay_over(Value& base, Value over);

/// Applies `--set PATH=VALUE`, PATH being keys (and list indices) joined by dots, VALUE a YAML flow value. The source
/// is appended to `sources`. Errors (no '=', empty key, index out of range, path through a scalar) go to `diagnostics`.
void set_path(Value& root, std::string_view assignment, Sources& sources, report::Diagnostics& diagnostics);

}  // namespace harbor::document
