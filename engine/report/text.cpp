#include "report/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <iterator>

#include "report/width_table.hpp"

namespace harbor::report {
namespace {

struct Decoded {
  char32_t point = 0;
  std::size_t length = 0;  ///< 0: not UTF-8
};

/// Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {byte(0), 1};
  const std::size_t length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < length) return {};
  char32_t point = byte(0) & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    point = (point << 6) | (byte(i) & 0x3fu);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (point < least[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return {};
  return {point, length};
}

template <std::size_t N>
bool is_in(const Range (&table)[N], char32_t point) {
  const auto* range =
      std::upper_bound(std::begin(table), std::end(table), point,
                       [](char32_t value, const Range& r) { return value < r.first; });
  return range != std::begin(table) && point <= std::prev(range)->last;
}

/// Control characters, and those that are invisible or change the direction of text.
bool is_unsafe(char32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0xad || point == 0x61c ||
         point == 0x180e || point == 0x200b || (point >= 0x200e && point <= 0x200f) ||
         (point >= 0x2028 && point <= 0x202e) || (point >= 0x2060 && point <= 0x206f) ||
         point == 0xfeff || (point >= 0xfff9 && point <= 0xfffb) || point == 0xe0001;
}

std::string escape(const char* format, unsigned value) {
  char text[16];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// The length of the escape sequence at the start of `text`, which begins with ESC: CSI, OSC and
/// similar, or two bytes.
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2) return text.size();
  if (text[1] == '[') {
    std::size_t end = 2;
    while (end < text.size() && text[end] >= 0x20 && text[end] < 0x40) ++end;
    return std::min(end + 1, text.size());
  }
  if (std::string_view{"]PX^_"}.find(text[1]) != std::string_view::npos) {
    for (std::size_t end = 2; end < text.size(); ++end) {
      if (text[end] == '\a') return end + 1;
      if (text[end] == '\x1b') return std::min(end + 2, text.size());
    }
    return text.size();
  }
  std::size_t end = 1;
  while (end < text.size() && text[end] >= 0x20 && text[end] < 0x30) ++end;
  return std::min(end + 1, text.size());
}

void trim(std::string& line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
}

/// One line of `text` without newlines, wrapped and added to `lines`.
void wrap_line(std::string_view text, std::size_t columns, std::vector<std::string>& lines) {
  std::string line;
  std::size_t used = 0;
  std::size_t space =
      std::string::npos;  // where the line can be broken, and the columns up to there
  std::size_t space_columns = 0;
  for (std::size_t offset = 0; offset < text.size();) {
    const Glyph glyph = glyph_at(text, offset);
    offset += glyph.length;
    while (used + glyph.columns > columns && used > 0 && glyph.text != " ") {
      const bool is_broken_at_space = space != std::string::npos;
      const std::string rest = is_broken_at_space ? line.substr(space + 1) : std::string{};
      if (is_broken_at_space) line.resize(space);
      trim(line);
      lines.push_back(std::move(line));
      line = rest;
      used = is_broken_at_space ? used - space_columns - 1 : 0;
      space = std::string::npos;
    }
    if (glyph.text == " ") {
      space = line.size();
      space_columns = used;
    }
    line += glyph.text;
    used += glyph.columns;
  }
  trim(line);
  lines.push_back(std::move(line));
}

}  // namespace

Glyph glyph_at(std::string_view text, std::size_t offset) {
  const Decoded decoded = decode(text.substr(offset));
  if (decoded.length == 0)
    return {escape("\\x%02x", static_cast<unsigned char>(text[offset])), 4, offset, 1};
  if (decoded.point == '\t') return {"    ", 4, offset, 1};
  if (is_unsafe(decoded.point)) {
    const auto point = static_cast<unsigned>(decoded.point);
    std::string escaped = escape(point < 0x80 ? "\\x%02x" : "\\u{%x}", point);
    const std::size_t columns = escaped.size();
    return {std::move(escaped), columns, offset, decoded.length};
  }
  const std::size_t columns = is_in(zero_width, decoded.point)     ? 0
                              : is_in(double_width, decoded.point) ? 2
                                                                   : 1;
  return {std::string{text.substr(offset, decoded.length)}, columns, offset, decoded.length};
}

std::vector<Glyph> glyphs(std::string_view text) {
  std::vector<Glyph> all;
  all.reserve(text.size());
  for (std::size_t offset = 0; offset < text.size(); offset += all.back().length) {
    all.push_back(glyph_at(text, offset));
  }
  return all;
}

std::string visible(std::string_view text) {
  std::string all;
  all.reserve(text.size());
  for (std::size_t offset = 0; offset < text.size();) {
    const Glyph glyph = glyph_at(text, offset);
    all += glyph.text;
    offset += glyph.length;
  }
  return all;
}

std::string plain_line(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (const std::size_t back = line.rfind('\r'); back != line.npos) line.remove_prefix(back + 1);
  std::string plain;
  for (std::size_t offset = 0; offset < line.size();) {
    if (line[offset] == '\x1b') {
      offset += escape_length(line.substr(offset));
    } else {
      plain += line[offset++];
    }
  }
  return visible(plain);
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t offset = 0; offset < text.size();) {
    const Glyph glyph = glyph_at(text, offset);
    columns += glyph.columns;
    offset += glyph.length;
  }
  return columns;
}

std::string cut(std::string_view text, std::size_t columns, std::string_view ellipsis) {
  const std::size_t mark = std::min<std::size_t>(columns, columns_of(ellipsis));
  std::string whole;
  std::size_t room = 0;  // the bytes of it that leave space for the ellipsis
  std::size_t used = 0;
  for (std::size_t offset = 0; offset < text.size();) {
    const Glyph glyph = glyph_at(text, offset);
    if (used + glyph.columns > columns) {
      whole.resize(room);
      return whole.append(mark == columns_of(ellipsis) ? ellipsis : ellipsis.substr(0, mark));
    }
    whole += glyph.text;
    used += glyph.columns;
    offset += glyph.length;
    if (used + mark <= columns) room = whole.size();
  }
  return whole;
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  columns = std::max<std::size_t>(columns, 8);
  for (;;) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    wrap_line(line, columns, lines);
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
    if (text.empty()) break;
  }
  return lines;
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = decode(text).length;
    valid += length == 0 ? "\xef\xbf\xbd" : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return valid;
}

}  // namespace harbor::report
