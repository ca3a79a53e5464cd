// Merges documents layer by layer.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "document/value.hpp"
#include "report/diagnostic.hpp"

namespace harbor::document {

/// Lists that append instead of being replaced: keys from the top, joined by dots, where `*` is any
/// key ("plugins", "hooks.*").
using GrowingLists = std::span<const std::string>;

/// Lays `over` on `base`: mappings merge key by key, growing lists append, everything else is
/// replaced (also by null). Each value that replaces another remembers its place in `shadowed`. An
/// empty document, which is null, changes nothing.
void lay_over(Value& base, Value over, GrowingLists growing = {});

/// Applies `--set PATH=VALUE`. PATH is keys, and list indices from 0, joined by dots; a backslash
/// makes a dot, an equals sign or a backslash part of a key. Missing mappings on the way are
/// created. VALUE is YAML flow when it starts with `[`, `{`, a quotation mark or `!`, else a plain
/// scalar as it is (empty: null). A source named "--set PATH=VALUE" is appended to `sources`; its
/// marks have line 1 and columns of that name. Errors (H0110: no '=', empty key, index out of
/// range, path through a scalar, bad value) go to `diagnostics`, and `root` stays as it is.
void set_path(Value& root, std::string_view assignment, Sources& sources,
              report::Diagnostics& diagnostics);

}  // namespace harbor::document
