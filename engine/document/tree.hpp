// Recorded YAML events -> Value.
#pragma once

#include <cstddef>

#include "document/source_text.hpp"
#include "document/value.hpp"
#include "document/yaml_event.hpp"
#include "report/diagnostic.hpp"

namespace harbor::document {

/// At most this many errors of one text are reported.
inline constexpr std::size_t max_tree_errors = 100;

/// Builds the value of `events`, which were read from `source`, with aliases and merge keys
/// expanded. Duplicate keys, keys that are not text, unknown tags and wrong merge keys are added to
/// `diagnostics`; the rest is still built. Events that were cut short are closed where they end.
[[nodiscard]] Value build_tree(const SourceText& source, const YamlEvents& events,
                               report::Diagnostics& diagnostics);

}  // namespace harbor::document
