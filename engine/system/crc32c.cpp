#include "system/crc32c.hpp"

#include <array>
#include <cstdio>

namespace harbor::system {
namespace {

// Eight bytes per step ("slicing by 8"): the registry cache is read at every start, and one byte
// per step would take longer there than parsing the relevant part.
constexpr std::size_t slices = 8;
using Table = std::array<std::array<std::uint32_t, 256>, slices>;

constexpr Table make_table() {
  Table table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? 0x82f63b78U : 0);
    table[0][byte] = rest;
  }
  for (std::size_t slice = 1; slice < slices; ++slice)
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const auto before = table[slice - 1][byte];
      table[slice][byte] = (before >> 8) ^ table[0][before & 0xff];
    }
  return table;
}

constexpr Table table = make_table();

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) noexcept {
  std::uint32_t crc = ~0U;
  for (; bytes.size() >= slices; bytes.remove_prefix(slices)) {
    crc ^= byte_at(bytes, 0) | byte_at(bytes, 1) << 8 | byte_at(bytes, 2) << 16 |
           byte_at(bytes, 3) << 24;
    crc = table[7][crc & 0xff] ^ table[6][crc >> 8 & 0xff] ^ table[5][crc >> 16 & 0xff] ^
          table[4][crc >> 24] ^ table[3][byte_at(bytes, 4)] ^ table[2][byte_at(bytes, 5)] ^
          table[1][byte_at(bytes, 6)] ^ table[0][byte_at(bytes, 7)];
  }
  for (const unsigned char byte : bytes) crc = (crc >> 8) ^ table[0][(crc ^ byte) & 0xff];
  return ~crc;
}

std::string crc32c_hex(std::string_view bytes) {
  std::array<char, 9> digits{};
  std::snprintf(digits.data(), digits.size(), "%08x", crc32c(bytes));
  return digits.data();
}

}  // namespace harbor::system
