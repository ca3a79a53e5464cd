#include "document/encoding.hpp"

#include <array>
#include <cstdio>

namespace harbor::document {
namespace {

bool is_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

/// The bounds of the second byte: they shut out overlong forms, surrogates and what is above
/// U+10FFFF.
bool is_second(unsigned char lead, unsigned char byte) {
  const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  return byte >= low && byte <= high;
}

std::size_t expected_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

bool is_control(unsigned char byte) {
  return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
}

EncodingError control_error(std::size_t offset, unsigned char byte) {
  std::array<char, 96> text{};
  if (byte == 0)
    return {offset, 1, "the text contains a NUL byte", "is this a text file, saved as UTF-8?"};
  std::snprintf(text.data(), text.size(), "the control character U+%04X is not allowed in YAML",
                static_cast<unsigned>(byte));
  std::string message = text.data();
  std::snprintf(text.data(), text.size(),
                "if it is meant, write it as \"\\x%02x\" in double quotes",
                static_cast<unsigned>(byte));
  return {offset, 1, std::move(message), text.data()};
}

EncodingError utf8_error(std::size_t offset, unsigned char byte) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "the byte 0x%02X is not UTF-8",
                static_cast<unsigned>(byte));
  return {offset, 1, text.data(), "save the file as UTF-8"};
}

}  // namespace

std::size_t utf8_length(std::string_view text, std::size_t offset) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t length = expected_length(byte(offset));
  if (length == 0 || offset + length > text.size()) return 0;
  if (length > 1 && !is_second(byte(offset), byte(offset + 1))) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if (!is_continuation(byte(offset + i))) return 0;
  return length;
}

std::optional<EncodingError> check_encoding(std::string_view text) {
  const std::string_view start = text.substr(0, 2);
  if (start == "\xFF\xFE" || start == "\xFE\xFF")
    return EncodingError{0, 2, "the file is UTF-16, not UTF-8", "save it as UTF-8"};
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (is_control(byte)) return control_error(i, byte);
    const std::size_t length = byte < 0x80 ? 1 : utf8_length(text, i);
    if (length == 0) return utf8_error(i, byte);
    i += length;
  }
  return std::nullopt;
}

}  // namespace harbor::document
