#include "quote.hpp"

#include <utility>

#include "rune.hpp"

namespace harbor::env {
namespace {

struct Escape {
  std::size_t size = 0;  ///< bytes of the escape sequence; 0 when it is none
  std::string text;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// `\0` and up to three digits. As in Compose, only three octal digits below 0400 make a character;
/// anything else loses its 0 and stays.
Escape octal_escape(std::string_view text) {
  std::size_t size = 2;
  while (size < 5 && size < text.size() && is_digit(text[size])) ++size;
  const std::string_view digits = text.substr(2, size - 2);
  const bool is_character =
      digits.size() == 3 && digits[0] <= '3' && is_octal(digits[1]) && is_octal(digits[2]);
  if (!is_character) return {size, "\\" + std::string(digits)};
  Escape escape{size, {}};
  append_utf8(escape.text, static_cast<char32_t>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 +
                                                 (digits[2] - '0')));
  return escape;
}

/// The escape sequence at the start of `text`, which starts with a backslash.
Escape escape_at(std::string_view text) {
  if (text.size() < 2) return {};
  constexpr std::string_view letters = "abfnrtv\"\\";
  constexpr std::string_view meanings = "\a\b\f\n\r\t\v\"\\";
  if (const auto i = letters.find(text[1]); i != std::string_view::npos)
    return {2, std::string(1, meanings[i])};
  // Left for the expander, which runs on the result and turns two dollar signs into one.
  if (text[1] == '$') return {2, "$$"};
  if (text[1] == '0') return octal_escape(text);
  return {};
}

/// `\"` or `\'` becomes the quote; every other backslash stays.
Unquoted unescape_quotes(std::string_view inner, char quote) {
  Unquoted out;
  out.text.reserve(inner.size());
  for (std::size_t i = 0; i < inner.size(); ++i) {
    const bool is_escape = inner[i] == '\\' && i + 1 < inner.size();
    if (is_escape && inner[i + 1] != quote) {
      out.text += inner[i];
      out.offsets.push_back(i);
    }
    if (is_escape) ++i;
    out.text += inner[i];
    out.offsets.push_back(i);
  }
  return out;
}

}  // namespace

std::optional<std::size_t> closing_quote(std::string_view text, std::size_t open) {
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (text[i] == text[open]) return i;
    if (text[i] == '\\') ++i;
  }
  return std::nullopt;
}

Unquoted unquote_single(std::string_view inner) { return unescape_quotes(inner, '\''); }

Unquoted unquote_double(std::string_view inner) {
  const Unquoted raw = unescape_quotes(inner, '"');
  const std::string_view text = raw.text;
  Unquoted out;
  out.text.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    Escape escape = text[i] == '\\' ? escape_at(text.substr(i)) : Escape{};
    if (escape.size == 0) escape = {1, std::string(1, text[i])};
    out.text += escape.text;
    out.offsets.insert(out.offsets.end(), escape.text.size(), raw.offsets[i]);
    i += escape.size;
  }
  return out;
}

}  // namespace harbor::env
