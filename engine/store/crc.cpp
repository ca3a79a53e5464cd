#include "store/crc.hpp"

#include <array>
#include <cstdio>

namespace harbor::store {
namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ (rest & 1 ? 0x82f63b78u : 0);
    table[byte] = rest;
  }
  return table;
}

constexpr auto table = make_table();

constexpr std::string_view crc_member = R"(,"crc":")";
constexpr std::size_t seal_length = crc_member.size() + 8 + 2;  // eight digits, quote, brace

std::string seal_of(std::string_view text) {
  char digits[9];
  std::snprintf(digits, sizeof digits, "%08x", crc32c(text));
  return std::string{crc_member} + digits + "\"}";
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) noexcept {
  std::uint32_t crc = ~0u;
  for (const unsigned char byte : bytes) crc = (crc >> 8) ^ table[(crc ^ byte) & 0xff];
  return ~crc;
}

std::string sealed(std::string_view object) {
  object.remove_suffix(1);  // the brace: the checksum covers the text before it
  return std::string{object} + seal_of(object);
}

std::optional<std::string> unsealed(std::string_view text) {
  if (text.size() < seal_length) return std::nullopt;
  const std::string_view object = text.substr(0, text.size() - seal_length);
  if (text.substr(object.size()) != seal_of(object)) return std::nullopt;
  return std::string{object} + "}";
}

}  // namespace harbor::store
