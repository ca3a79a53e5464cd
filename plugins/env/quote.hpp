// Quoted values of env files: what is between the quotes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::env {

struct Unquoted {
  std::string text;
  std::vector<std::size_t>
      offsets;  ///< of each byte of `text` in the source; empty when they are the same

  std::size_t source_offset(std::size_t i) const {
    if (offsets.empty()) return i;
    return i < offsets.size() ? offsets[i] : offsets.back() + 1;
  }
};

/// Where the quote is that closes the one at `open`.
std::optional<std::size_t> closing_quote(std::string_view text, std::size_t open);

/// The text between single quotes: `\'` is a quote, any other backslash is kept.
Unquoted unquote_single(std::string_view inner);

/// The text between double quotes, ready to be expanded: escapes are undone and `\$` has become
/// `$$`.
Unquoted unquote_double(std::string_view inner);

}  // namespace harbor::env
