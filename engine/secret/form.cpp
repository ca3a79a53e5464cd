#include "secret/form.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <initializer_list>

#include "system/utf8.hpp"

namespace harbor::secret {
namespace {

constexpr std::string_view base64_plain =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64_url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view lower_hex = "0123456789abcdef";
constexpr std::string_view upper_hex = "0123456789ABCDEF";

std::uint8_t to_byte(char c) { return static_cast<std::uint8_t>(c); }
bool is_alnum(char c) { return std::isalnum(to_byte(c)) != 0 && to_byte(c) < 0x80; }

/// Without padding.
WipedString to_base64(std::string_view bytes, std::string_view alphabet) {
  WipedString text;
  text.reserve(bytes.size() * 4 / 3 + 4);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | to_byte(c);
    for (count += 8; count >= 6; count -= 6) {
      text += alphabet[(bits >> static_cast<unsigned>(count - 6)) & 63U];
    }
  }
  if (count > 0) text += alphabet[(bits << static_cast<unsigned>(6 - count)) & 63U];
  return text;
}

void add_base64(std::string_view value, std::string_view alphabet,
                WipedVector<WipedString>& forms) {
  const WipedString whole = to_base64(value, alphabet);
  WipedString padded = whole;
  padded.append((4 - whole.size() % 4) % 4, '=');
  // PEM breaks lines after 64 characters, MIME and base64(1) after 76, and a log may contain a
  // single line.
  for (const std::size_t width : {std::size_t{64}, std::size_t{76}}) {
    if (padded.size() <= width) continue;
    for (std::size_t i = 0; i < padded.size(); i += width) forms.push_back(padded.substr(i, width));
  }
  forms.push_back(whole);
  forms.push_back(std::move(padded));
  for (const std::size_t shift : {0U, 1U, 2U}) {
    WipedString shifted(shift, '\0');
    shifted += value;
    // A character stands for 6 bits; those whose bits all belong to the value do not depend on its
    // neighbours.
    const std::size_t first = (shift * 8 + 5) / 6;
    const std::size_t end = shifted.size() * 8 / 6;
    if (end > first) forms.push_back(to_base64(shifted, alphabet).substr(first, end - first));
  }
}

/// `kept` are the bytes besides letters and digits that stay as they are.
WipedString to_percent(std::string_view value, std::string_view kept, std::string_view hex,
                       bool is_query) {
  WipedString text;
  for (const char c : value) {
    if (is_alnum(c) || kept.find(c) != std::string_view::npos) {
      text += c;
    } else if (is_query && c == ' ') {
      text += '+';
    } else {
      text += '%';
      text += hex[to_byte(c) >> 4U];
      text += hex[to_byte(c) & 15U];
    }
  }
  return text;
}

void add_percent(std::string_view value, WipedVector<WipedString>& forms) {
  for (const std::string_view hex : {lower_hex, upper_hex}) {
    // In this order: everything encoded, RFC 3986, encodeURIComponent(), encodeURI(), HTML forms,
    // and what leaves the slashes of a path.
    for (const std::string_view kept :
         {"", "-._~", "-._~!'()*", "-._~!'()*;,/?:@&=+$#", "-._*", "-._~/"}) {
      forms.push_back(to_percent(value, kept, hex, false));
      forms.push_back(to_percent(value, kept, hex, true));
    }
  }
}

/// Appends `count` hexadecimal digits.
void append_hex(std::uint32_t number, unsigned count, WipedString& text) {
  for (unsigned digit = count; digit-- > 0;) text += lower_hex[(number >> (digit * 4)) & 15U];
}

void append_unicode_escape(std::uint32_t unit, WipedString& text) {
  text += "\\u";
  append_hex(unit, 4, text);
}

/// How many bytes a character has that begins with this byte.
std::size_t size_of(char first) {
  const std::uint8_t lead = to_byte(first);
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/// The character at the front of valid UTF-8.
std::uint32_t decode(std::string_view text, std::size_t& size) {
  const std::uint8_t lead = to_byte(text[0]);
  size = size_of(text[0]);
  std::uint32_t character = size == 1 ? lead : lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) character = (character << 6U) | (to_byte(text[i]) & 0x3FU);
  return character;
}

enum class Json { plain, html, ascii };

void append_json(std::uint32_t character, std::string_view bytes, Json style, WipedString& text) {
  constexpr std::string_view special = "\"\\\b\f\n\r\t";
  constexpr std::string_view letters = "\"\\bfnrt";
  const bool is_html =
      style == Json::html && (character == '<' || character == '>' || character == '&' ||
                              character == 0x2028 || character == 0x2029);
  if (character < 0x80 && special.find(static_cast<char>(character)) != std::string_view::npos) {
    text += '\\';
    text += letters[special.find(static_cast<char>(character))];
  } else if (style == Json::ascii && character > 0xFFFF) {
    append_unicode_escape(0xD800 + ((character - 0x10000) >> 10U), text);
    append_unicode_escape(0xDC00 + ((character - 0x10000) & 0x3FFU), text);
  } else if (character < 0x20 || is_html || (style == Json::ascii && character > 0x7E)) {
    append_unicode_escape(character, text);
  } else {
    text += bytes;
  }
}

WipedString to_json(std::string_view value, Json style) {
  WipedString text;
  while (!value.empty()) {
    std::size_t size = 0;
    const std::uint32_t character = decode(value, size);
    append_json(character, value.substr(0, size), style, text);
    value.remove_prefix(size);
  }
  return text;
}

/// Whether Go writes the character unchanged within quotes. Beyond ASCII, only the unprintable
/// ranges that occur in practice are excluded: controls, spaces, marks of direction, private use.
bool is_printable(std::uint32_t character) {
  if (character < 0x80) return character >= 0x20 && character != 0x7F;
  const bool is_space = character == 0xA0 || character == 0x1680 || character == 0x3000 ||
                        (character >= 0x2000 && character <= 0x200F) ||
                        (character >= 0x2028 && character <= 0x202F) ||
                        (character >= 0x205F && character <= 0x206F);
  return character > 0x9F && character != 0xAD && !is_space && character != 0xFEFF &&
         (character < 0xE000 || character > 0xF8FF) && character < 0xE0000;
}

/// What strconv.Quote() puts between its quotes, or with `is_ascii` strconv.QuoteToASCII().
WipedString to_go(std::string_view value, bool is_ascii) {
  constexpr std::string_view special = "\a\b\f\n\r\t\v\\\"";
  constexpr std::string_view letters = "abfnrtv\\\"";
  WipedString text;
  while (!value.empty()) {
    std::size_t size = size_of(value[0]);
    std::uint32_t character = 0;
    // A byte that is not UTF-8 is a character of its own.
    const bool is_broken =
        size > value.size() || system::repair_utf8(value.substr(0, size)) != value.substr(0, size);
    if (is_broken) {
      size = 1;
      character = to_byte(value[0]);
    } else {
      character = decode(value, size);
    }
    if (const auto at = special.find(static_cast<char>(character));
        character < 0x80 && at != std::string_view::npos) {
      text += '\\';
      text += letters[at];
    } else if (is_broken || (character < 0x80 && !is_printable(character))) {
      text += "\\x";
      append_hex(character, 2, text);
    } else if (!is_printable(character) || (is_ascii && character > 0x7F)) {
      text += character > 0xFFFF ? "\\U" : "\\u";
      append_hex(character, character > 0xFFFF ? 8 : 4, text);
    } else {
      text += value.substr(0, size);
    }
    value.remove_prefix(size);
  }
  return text;
}

/// `special` bytes get a backslash in front.
WipedString with_backslashes(std::string_view value, std::string_view special) {
  WipedString text;
  for (const char c : value) {
    if (special.find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text;
}

WipedString with_quotes_as(std::string_view value, std::string_view replacement) {
  WipedString text;
  for (const char c : value) {
    if (c == '\'') {
      text += replacement;
    } else {
      text += c;
    }
  }
  return text;
}

void add_shell(std::string_view value, WipedVector<WipedString>& forms) {
  // Nothing can be escaped within single quotes, so each tool has its own workaround: sh, Python's
  // shlex and $'...'. Then double quotes without and with history expansion, and printf %q.
  forms.push_back(with_quotes_as(value, "'\\''"));
  forms.push_back(with_quotes_as(value, "'\"'\"'"));
  forms.push_back(with_quotes_as(value, "\\'"));
  forms.push_back(with_backslashes(value, "\"\\$`"));
  forms.push_back(with_backslashes(value, "\"\\$`!"));
  forms.push_back(with_backslashes(value, " \t\n!\"#$&'()*,;<>?[\\]^`{|}~"));
}

void add_forms(std::string_view value, WipedVector<WipedString>& forms) {
  forms.emplace_back(value);
  add_base64(value, base64_plain, forms);
  add_base64(value, base64_url, forms);
  add_percent(value, forms);
  add_shell(value, forms);
  forms.push_back(to_go(value, false));
  forms.push_back(to_go(value, true));
  // JSON and repaired logs cannot contain bytes that are not UTF-8; there, the value looks like
  // this.
  std::string visible = system::repair_utf8(value);
  forms.emplace_back(visible);
  for (const Json style : {Json::plain, Json::html, Json::ascii})
    forms.push_back(to_json(visible, style));
  // A plain string, which is not wiped by its allocator.
  ::explicit_bzero(visible.data(), visible.size());
}

/// Without the white space at both ends: a line may be indented differently.
std::string_view trimmed(std::string_view line) {
  constexpr std::string_view blank = " \t";
  const std::size_t from = std::min(line.find_first_not_of(blank), line.size());
  const std::size_t last = line.find_last_not_of(blank);
  return line.substr(from, last == std::string_view::npos ? 0 : last + 1 - from);
}

}  // namespace

WipedVector<WipedString> secret_forms(std::string_view value, std::size_t shortest) {
  WipedVector<WipedString> forms;
  if (value.size() < shortest) return forms;
  add_forms(value, forms);
  // A key of many lines reaches a log line by line, with a prefix before each.
  if (value.find_first_of("\r\n") != std::string_view::npos) {
    for (std::string_view rest = value; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find_first_of("\r\n"));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (line.size() >= shortest) add_forms(line, forms);
      if (const auto bare = trimmed(line); bare != line && bare.size() >= shortest)
        add_forms(bare, forms);
    }
  }
  std::erase_if(forms, [shortest](const WipedString& form) { return form.size() < shortest; });
  std::sort(forms.begin(), forms.end());
  forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
  return forms;
}

}  // namespace harbor::secret
