#include "document/position.hpp"

#include <algorithm>

namespace harbor::document {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_break(char c) { return c == '\n' || c == '\r'; }

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (text[at] == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (is_blank(text[at]) || is_break(text[at])) {
      ++at;
    } else {
      break;
    }
  }
  return at;
}

std::size_t quoted_length(std::string_view line) {
  const char quote = line.front();
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (quote == '"' && line[i] == '\\') {
      ++i;
    } else if (line[i] == quote) {
      if (quote == '"' || i + 1 == line.size() || line[i + 1] != quote) return i + 1;
      ++i;
    }
  }
  return line.size();
}

}  // namespace

Position advance(std::string_view text, Position from, std::size_t offset) noexcept {
  for (offset = std::min(offset, text.size()); from.offset < offset; ++from.offset) {
    ++from.column;
    if (text[from.offset] != '\n') continue;
    ++from.line;
    from.column = 1;
  }
  return from;
}

Position skip_properties(std::string_view text, Position at) noexcept {
  std::size_t offset = at.offset;
  while (offset < text.size() && (text[offset] == '&' || text[offset] == '!')) {
    // A flow indicator ends an anchor or a tag, except the commas of a verbatim tag.
    const bool verbatim = text.substr(offset, 2) == "!<";
    const std::string_view ends = verbatim ? " \t\r\n" : " \t\r\n,[]{}";
    offset = skip_space(text, std::min(text.find_first_of(ends, offset), text.size()));
  }
  return advance(text, at, offset);
}

std::size_t line_end(std::string_view text, std::size_t offset) noexcept {
  offset = std::min(offset, text.size());
  std::size_t end = std::min(text.find('\n', offset), text.size());
  while (end > offset && (is_blank(text[end - 1]) || is_break(text[end - 1]))) --end;
  return end;
}

std::size_t scalar_length(std::string_view text, std::size_t offset,
                          std::string_view value) noexcept {
  offset = std::min(offset, text.size());
  const std::string_view line = text.substr(offset, line_end(text, offset) - offset);
  if (line.empty()) return 0;
  if (line.front() == '"' || line.front() == '\'') return quoted_length(line);
  if (line.front() == '|' || line.front() == '>')
    return std::min(line.find_first_of(" \t"), line.size());
  return line.substr(0, value.size()) == value ? value.size() : line.size();
}

}  // namespace harbor::document
