#include "system/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace harbor::system {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

enum class Kind { valid, invalid, cut };

/// The character at the front of `text`, or the part of one that has to be replaced.
struct Character {
  Kind kind;
  std::size_t size;
};

Character first_character(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {Kind::valid, 1};
  if (lead < 0xC2 || lead > 0xF4) return {Kind::invalid, 1};
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second byte reveals overlong forms, surrogates and values above U+10FFFF.
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  for (std::size_t i = 1; i < size; ++i) {
    if (i == text.size()) return {Kind::cut, i};
    if (byte(i) < low || byte(i) > high) return {Kind::invalid, i};
    low = 0x80;
    high = 0xBF;
  }
  return {Kind::valid, size};
}

// Eight bytes at a time: nearly all output of programs is ASCII, and all of it passes through here.
std::size_t ascii_prefix(std::string_view text) noexcept {
  std::size_t i = 0;
  std::uint64_t word = 0;
  for (; i + sizeof word <= text.size(); i += sizeof word) {
    std::memcpy(&word, text.data() + i, sizeof word);
    if ((word & 0x8080808080808080U) != 0) break;
  }
  while (i < text.size() && static_cast<std::uint8_t>(text[i]) < 0x80) ++i;
  return i;
}

}  // namespace

std::string Utf8Repair::feed(std::string_view chunk) {
  std::string joined;
  if (!held_.empty()) {
    joined = held_;
    joined += chunk;
    held_.clear();
    chunk = joined;
  }
  std::string text;
  text.reserve(chunk.size());
  while (!chunk.empty()) {
    const std::size_t plain = ascii_prefix(chunk);
    text.append(chunk.substr(0, plain));
    chunk.remove_prefix(plain);
    if (chunk.empty()) break;
    const Character character = first_character(chunk);
    if (character.kind == Kind::cut) {
      held_ = chunk;
      break;
    }
    const bool is_valid = character.kind == Kind::valid;
    text.append(is_valid ? chunk.substr(0, character.size) : replacement);
    lossy_ = lossy_ || !is_valid;
    chunk.remove_prefix(character.size);
  }
  return text;
}

std::string Utf8Repair::finish() {
  if (held_.empty()) return {};
  held_.clear();
  lossy_ = true;
  return std::string(replacement);
}

std::string repair_utf8(std::string_view bytes) {
  Utf8Repair repair;
  std::string text = repair.feed(bytes);
  text += repair.finish();
  return text;
}

std::string_view utf8_prefix(std::string_view text, std::size_t size) noexcept {
  if (size >= text.size()) return text;
  while (size > 0 && (static_cast<std::uint8_t>(text[size]) & 0xC0U) == 0x80) --size;
  return text.substr(0, size);
}

}  // namespace harbor::system
