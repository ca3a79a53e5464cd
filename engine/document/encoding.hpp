// Whether bytes are text that YAML allows.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace harbor::document {

/// The first bytes of a text that YAML does not allow.
struct EncodingError {
  std::size_t offset = 0;
  std::size_t length = 1;
  std::string message;
  std::string hint;
};

/// Nothing when `text` is UTF-8 without control characters other than tab, line feed and carriage
/// return.
[[nodiscard]] std::optional<EncodingError> check_encoding(std::string_view text);

/// The length of the well-formed UTF-8 sequence at text[offset], or 0.
[[nodiscard]] std::size_t utf8_length(std::string_view text, std::size_t offset) noexcept;

}  // namespace harbor::document
