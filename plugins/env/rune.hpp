// The character classes that define Compose's env files: Unicode's, as Go sees them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace harbor::env {

struct Rune {
  char32_t value = 0;
  std::size_t size = 0;  ///< bytes
};

/// The character at the start of `text`, which must not be empty. A byte that is not UTF-8 reads as
/// U+FFFD with a size of one byte.
Rune decode(std::string_view text);

/// Appends a character below U+0800.
void append_utf8(std::string& out, char32_t rune);

bool is_letter_or_number(char32_t rune);
bool is_space(char32_t rune);  ///< white space, line breaks included
bool is_inline_space(
    char32_t rune);  ///< allowed around a name: white space of Latin-1 except line feed

}  // namespace harbor::env
