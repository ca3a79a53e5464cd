#include "system/crc32c.hpp"

#include <catch2/catch.hpp>
#include <string>

using harbor::system::crc32c;

TEST_CASE("the checksum is CRC-32C", "[system]") {
  CHECK(crc32c("") == 0);
  CHECK(crc32c("123456789") == 0xe3069283U);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aaU);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43U);
}

TEST_CASE("the checksum sees every flipped bit", "[system]") {
  std::string text = "a text whose length is not a multiple of 8";
  const auto right = crc32c(text);
  for (std::size_t at = 0; at < text.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      text[at] = static_cast<char>(text[at] ^ 1 << bit);
      CHECK(crc32c(text) != right);
      text[at] = static_cast<char>(text[at] ^ 1 << bit);
    }
}
