// YAML text -> Value. Only this code uses the YAML library.
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
  Value value;                      ///< what could be read, null when nothing could
  report::Diagnostics diagnostics;  ///< all errors by place; at most 101
};

/// Reads one document, UTF-8 with or without a byte order mark (which does not count as a column).
/// `source` is the index into `sources` that the marks get. Merge keys (`<<`) and aliases are
/// expanded; the values of an alias keep their original marks. A value that is left out has the
/// mark of its key or `-`, a block mapping that of its first key. Tags other than those of the core
/// schema, keys that are not text and several documents are errors. Never throws because of the
/// text; codes H0101 to H0109.
[[nodiscard]] Parsed parse_yaml(std::string_view text, std::uint32_t source, const Sources& sources,
                                const Limits& limits = {});

}  // namespace harbor::document
