#include "store/seal.hpp"

#include "system/crc32c.hpp"

namespace harbor::store {
namespace {

constexpr std::string_view crc_member = R"(,"crc":")";
constexpr std::size_t seal_length = crc_member.size() + 8 + 2;  // eight digits, quote, brace

std::string seal_of(std::string_view text) {
  return std::string{crc_member} + system::crc32c_hex(text) + "\"}";
}

}  // namespace

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
