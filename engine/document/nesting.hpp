// A first look at the brackets of a text, before the YAML library sees it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace harbor::document {

/// The library queues every token of a `[...]` or `{...}` before it reports anything, so limits
/// have to be checked before it runs. Offsets into the text.
struct Nesting {
  std::optional<std::size_t> too_deep;    ///< the first bracket beyond the depth
  std::optional<std::size_t> too_many;    ///< the first comma beyond the number of entries
  std::optional<std::size_t> open_quote;  ///< a quotation mark that is never closed
};

/// Looks for what YAML takes for brackets: not those in quotes, comments, block scalars and plain
/// texts. One pass, no memory. Only `open_quote` is a guess if the text is not YAML.
[[nodiscard]] Nesting measure_nesting(std::string_view text, std::size_t depth,
                                      std::size_t entries);

}  // namespace harbor::document
