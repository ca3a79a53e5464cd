// YAML text -> Value. The only place that knows the YAML library.
#pragma once

#include <cstddef>
#include <string_view>

#include "document/value.hpp"
#include "report/diagnostic.hpp"

namespace harbor::document {

/// Bounds against hostile input; checked while reading, before memory is spent.
struct Limits {
  std::size_t bytes = 1024 * 1024;
  std::size_t depth = 64;
  std::size_t nodes = 400'000;  ///< after alias expansion
  std::size_t anchors = 1000;
  std::size_t scalar_bytes = 256 * 1024;
};

struct Parsed {
  Value value{};  ///< what could be read, null when nothing could
  report::Diagnostics
      diagnostics{};  ///< all errors, ordered by place, at most 100 and one that ended the reading
};

/// Reads one document. `source` is the index that the marks get; `name` stands in messages. Merge
/// keys (`<<`) and aliases are expanded; tags other than those of the core schema, non-string keys
/// and several documents are errors.
[[nodiscard]] Parsed parse_yaml(std::string_view text, std::uint32_t source, const Sources& sources,
                                const Limits& limits = {});

}  // namespace harbor::document
