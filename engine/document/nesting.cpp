#include "document/nesting.hpp"

#include <algorithm>

namespace harbor::document {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r'; }

class Scan {
 public:
  Scan(std::string_view text, std::size_t depth, std::size_t entries)
      : text_(text), depth_(depth), entries_(entries) {}

  Nesting run() {
    for (at_ = 0; at_ < text_.size() && !stopped();) line();
    return found_;
  }

 private:
  bool stopped() const { return found_.too_deep || found_.too_many; }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\n';
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  void skip_line() { at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1; }

  bool is_document_marker() const {
    const std::string_view start = text_.substr(at_, 3);
    return (start == "---" || start == "...") && is_space(peek(3));
  }

  /// One line of block context, and what continues below it. Lines that are indented deeper than
  /// `parent_` belong to the scalar at the end of this line.
  void line() {
    const std::size_t start = at_;
    if (text_[at_] == '%') return skip_line();
    if (is_document_marker()) at_ += 3;
    skip_blanks();
    parent_ = at_ == start ? -1 : static_cast<std::ptrdiff_t>(at_ - start) - 1;
    while (!stopped() && node(start)) {
    }
  }

  /// The next node or indicator of the line; false when the line, and what belongs to it, is
  /// done.
  bool node(std::size_t line_start) {
    skip_blanks();
    const auto column = static_cast<std::ptrdiff_t>(at_ - line_start);
    const char c = peek();
    if (c == '\n' || c == '\r' || c == '#') return skip_line(), false;
    if ((c == '-' || c == '?' || c == ':') && is_space(peek(1))) {
      parent_ = c == ':' ? parent_ : column;
      return ++at_, true;
    }
    if (c == '&' || c == '!' || c == '*') return skip_word(), true;
    if (c == '|' || c == '>') return skip_line(), skip_deeper(), false;
    if (c == '[' || c == '{') {
      flow();
    } else if (c == '"' || c == '\'') {
      quoted();
    } else if (!plain()) {
      return skip_line(), skip_deeper(), false;
    }
    return after_key(column);
  }

  void skip_word() {
    while (at_ < text_.size() && !is_space(text_[at_])) ++at_;
  }

  /// A plain text up to its `:`; false when it is not a key.
  bool plain() {
    for (; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == ':' && is_space(peek(1))) return true;
      if (is_blank(text_[at_]) && peek(1) == '#') return false;
    }
    return false;
  }

  bool after_key(std::ptrdiff_t column) {
    skip_blanks();
    if (peek() == ':') {
      parent_ = column;
      ++at_;
      return true;
    }
    return at_ < text_.size() && text_[at_] != '\n' ? (skip_line(), false) : (++at_, false);
  }

  void skip_deeper() {
    while (at_ < text_.size() && !is_document_marker()) {
      const std::size_t content = std::min(text_.find_first_not_of(' ', at_), text_.size());
      const bool is_empty =
          content == text_.size() || text_[content] == '\n' || text_[content] == '\r';
      if (!is_empty && static_cast<std::ptrdiff_t>(content - at_) <= parent_) return;
      skip_line();
    }
  }

  void quoted() {
    const std::size_t start = at_;
    const char quote = text_[at_++];
    for (; at_ < text_.size(); ++at_) {
      if (quote == '"' && text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == quote) {
        ++at_;
        return;
      }
    }
    at_ = text_.size();
    if (!found_.open_quote) found_.open_quote = start;
  }

  /// From an opening bracket to just after the one that closes it.
  void flow() {
    std::size_t depth = 0;
    std::size_t commas = 0;
    bool is_start = true;  // a quotation mark within a plain text is text
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_start && (c == '"' || c == '\'')) {
        quoted();
        is_start = peek() == ':';
        continue;
      }
      if (c == '#' && is_space(text_[at_ - 1])) {
        skip_line();
        continue;
      }
      if ((c == '[' || c == '{') && ++depth > depth_) {
        found_.too_deep = at_;
        return;
      }
      if (c == ',' && ++commas > entries_) {
        found_.too_many = at_;
        return;
      }
      is_start = starts_node(c, is_start);
      ++at_;
      if ((c == ']' || c == '}') && --depth == 0) return;
    }
  }

  /// Whether a node may start after the byte at at_, in flow context.
  bool starts_node(char c, bool is_start) {
    if (is_start && (c == '&' || c == '!')) {
      at_ = std::min(text_.find_first_of(" \t\r\n,[]{}", at_), text_.size()) - 1;
      return true;
    }
    if (c == '[' || c == '{' || c == ',') return true;
    if (c == ':' || c == '?') return is_start || is_space(peek(1));
    return is_start && is_space(c);
  }

  std::string_view text_;
  std::size_t depth_;
  std::size_t entries_;
  std::size_t at_ = 0;
  std::ptrdiff_t parent_ = -1;
  Nesting found_;
};

}  // namespace

Nesting measure_nesting(std::string_view text, std::size_t depth, std::size_t entries) {
  return Scan(text, depth, entries).run();
}

}  // namespace harbor::document
