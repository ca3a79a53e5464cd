#include "needle.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace harbor::secrets_sops {
namespace {

constexpr std::string_view plain =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The characters that encode only bytes of `value` when `shift` other bytes come first. Base64
/// works on groups of three bytes, so within a longer text a value shows in one of three forms.
std::string base64(std::string_view value, std::size_t shift, std::string_view alphabet) {
  const std::string bytes = std::string(shift, '\0') + std::string(value);
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<std::uint8_t>(c);
    for (count += 8; count >= 6; count -= 6) text += alphabet[(bits >> (count - 6)) & 63U];
  }
  return text.substr((shift * 8 + 5) / 6);
}

std::string percent(std::string_view value) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const char c : value) {
    const auto byte = static_cast<std::uint8_t>(c);
    const bool kept = (byte < 0x80 && std::isalnum(byte) != 0) ||
                      std::string_view("-._~").find(c) != std::string_view::npos;
    text += kept ? std::string(1, c) : std::string{'%', digits[byte >> 4U], digits[byte & 15U]};
  }
  return text;
}

std::string hexadecimal(std::string_view value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : value) {
    text += digits[static_cast<std::uint8_t>(c) >> 4U];
    text += digits[static_cast<std::uint8_t>(c) & 15U];
  }
  return text;
}

std::string json_text(std::string_view value) {
  std::string text;
  for (const char c : value) {
    switch (c) {
      case '"':
        text += "\\\"";
        break;
      case '\\':
        text += "\\\\";
        break;
      case '\n':
        text += "\\n";
        break;
      case '\r':
        text += "\\r";
        break;
      case '\t':
        text += "\\t";
        break;
      default:
        text += c;
    }
  }
  return text;
}

std::string shell_quoted(std::string_view value) {
  std::string text;
  for (const char c : value) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text;
}

}  // namespace

std::vector<Needle> needles_of(const std::string& secret, std::string_view value) {
  std::vector<Needle> all;
  const auto add = [&](const char* form, std::string bytes) {
    if (bytes.size() >= shortest_needle) all.push_back({secret, form, std::move(bytes)});
  };
  if (value.size() < shortest_needle) return all;
  add("as it is", std::string(value));
  for (const std::size_t shift : {0U, 1U, 2U}) {
    add("in base64", base64(value, shift, plain));
    add("in base64url", base64(value, shift, url));
  }
  add("percent-encoded", percent(value));
  add("in JSON", json_text(value));
  add("shell-quoted", shell_quoted(value));
  add("in hexadecimal", hexadecimal(value));
  add("backwards", std::string(value.rbegin(), value.rend()));
  if (value.find('\n') != std::string_view::npos)
    for (std::size_t at = 0; at < value.size();) {
      const auto end = std::min(value.find('\n', at), value.size());
      // Short lines, such as "}" or a header, are not secret by themselves.
      if (end - at >= 2 * shortest_needle) add("in part", std::string(value.substr(at, end - at)));
      at = end + 1;
    }
  std::vector<Needle> unique;
  for (Needle& needle : all)
    if (std::none_of(unique.begin(), unique.end(),
                     [&](const Needle& other) { return other.bytes == needle.bytes; }))
      unique.push_back(std::move(needle));
  return unique;
}

}  // namespace harbor::secrets_sops
