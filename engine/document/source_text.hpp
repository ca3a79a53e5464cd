// The text that is being read, and how to point at a place in it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "document/position.hpp"
#include "report/diagnostic.hpp"

namespace harbor::document {

struct SourceText {
  std::string_view text;
  std::uint32_t source = 0;
  const Sources& sources;

  [[nodiscard]] Mark mark(const Position& at, std::size_t length) const noexcept {
    return {source, at.line, at.column,
            static_cast<std::uint32_t>(std::max<std::size_t>(length, 1))};
  }

  [[nodiscard]] report::Label label(const Mark& mark, std::string words = {}) const {
    return {to_span(mark, sources), std::move(words)};
  }

  [[nodiscard]] report::Label label(const Position& at, std::size_t length,
                                    std::string words = {}) const {
    return label(mark(at, length), std::move(words));
  }

  /// The bytes from an offset up to the next blank, line end or bracket.
  [[nodiscard]] std::string_view word(std::size_t offset) const noexcept {
    offset = std::min(offset, text.size());
    return text.substr(offset, text.find_first_of(" \t\r\n,[]{}", offset) - offset);
  }
};

}  // namespace harbor::document
