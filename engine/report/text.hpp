// Text as a terminal shows it: the width of characters, and which ones must be escaped.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::report {

/// A character that is safe to print, with the columns it takes and the bytes of the original that
/// it stands for.
struct Glyph {
  std::string text;
  std::size_t columns = 1;
  std::size_t offset = 0;  ///< of its first byte in the original
  std::size_t length = 1;  ///< in the original, bytes
};

/// The next character of `text` at `offset`, which must be inside. What could move the cursor or
/// change the direction of text becomes an escape ("\x1b", "\u{202e}"), a tab four spaces, invalid
/// UTF-8 "\xff" byte by byte.
[[nodiscard]] Glyph glyph_at(std::string_view text, std::size_t offset);

/// The whole text as glyphs.
[[nodiscard]] std::vector<Glyph> glyphs(std::string_view text);

/// All of `text`, safe to print on one line.
[[nodiscard]] std::string visible(std::string_view text);

/// A line that a program wrote for a terminal: without colours and other escape sequences, only
/// what follows the last carriage return, and then visible().
[[nodiscard]] std::string plain_line(std::string_view line);

/// Columns that `text` takes when it is printed with visible().
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// At most `columns` columns of visible(text); text that is cut ends in `ellipsis`, which is one or
/// three columns wide.
[[nodiscard]] std::string cut(std::string_view text, std::size_t columns,
                              std::string_view ellipsis = "...");

/// Lines of at most `columns` columns, broken at spaces where possible and at each newline;
/// visible. At least one line.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t columns);

/// `text` with each invalid UTF-8 byte replaced by U+FFFD, as JSON wants it.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace harbor::report
