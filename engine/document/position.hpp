// Places in a text while it is read, and the extent of what is there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "document/value.hpp"

namespace harbor::document {

struct Position {
  std::size_t offset = 0;
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

/// The position of a later offset; both are clamped to the text.
[[nodiscard]] Position advance(std::string_view text, Position from, std::size_t offset) noexcept;

/// After the `&anchor`s and `!tag`s at a position, and the blanks, line ends and comments around
/// them; the same position when there are none.
[[nodiscard]] Position skip_properties(std::string_view text, Position at) noexcept;

/// The end of the text on the line of `offset`, trailing blanks left out.
[[nodiscard]] std::size_t line_end(std::string_view text, std::size_t offset) noexcept;

/// The bytes on its first line of the scalar at `offset`, whose value is `value`; for a block
/// scalar, of its header.
[[nodiscard]] std::size_t scalar_length(std::string_view text, std::size_t offset,
                                        std::string_view value) noexcept;

}  // namespace harbor::document
