#include "lexer.hpp"

#include <algorithm>
#include <array>

namespace harbor::templating {
namespace {

using Kind = Token::Kind;

/// Bytes of one white space character at the start of `text`; 0 for none.
// The set is that of ECMAScript's \s, not Unicode's or the locale's: handlebars' lexer is made of
// JavaScript expressions, so a no-break space pasted from a web page separates words there too,
// and U+0085 does not.
std::size_t space_size(std::string_view text) {
  if (text.empty()) return 0;
  const auto byte = static_cast<unsigned char>(text[0]);
  if (byte < 0x80) return byte == ' ' || (byte >= '\t' && byte <= '\r') ? 1 : 0;
  if (text.starts_with("\xC2\xA0")) return 2;
  for (const std::string_view space :
       {"\xE1\x9A\x80", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F",
        "\xE3\x80\x80", "\xEF\xBB\xBF"}) {
    if (text.starts_with(space)) return 3;
  }
  const bool is_general = text.size() > 2 && text.starts_with("\xE2\x80");
  return is_general && static_cast<unsigned char>(text[2]) <= 0x8A ? 3 : 0;
}

// Handlebars defines a name by what may not be in it. All bytes above ASCII may, so that names
// in any script work without a table of letters; only the white space among them ends a name.
constexpr auto id_bytes = [] {
  std::array<bool, 256> table{};
  for (std::size_t i = ' ' + 1; i < table.size(); ++i) table[i] = true;
  for (const char c : std::string_view("!\"#%&'()*+,./;<=>@[\\]^`{|}~"))
    table[static_cast<unsigned char>(c)] = false;
  return table;
}();

/// Bytes of the name at the start of `text`.
std::size_t id_size(std::string_view text) {
  std::size_t size = 0;
  for (; size < text.size(); ++size) {
    const auto byte = static_cast<unsigned char>(text[size]);
    if (!id_bytes[byte] || (byte >= 0x80 && space_size(text.substr(size)) > 0)) break;
  }
  return size;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    tokens_.reserve(text_.size() / 16 + 8);
    while (!is_done_) {
      if (is_in_tag_) {
        read_in_tag();
      } else {
        read_content();
      }
    }
    return std::move(tokens_);
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }

  Token& add(Kind kind, std::size_t size) {
    tokens_.push_back({.kind = kind, .text = text_.substr(at_, size), .offset = at_});
    at_ += size;
    // After a token that cannot be read, where the next one begins would be a guess: a second
    // error would more often mislead than help.
    if (kind == Kind::invalid || kind == Kind::unsupported || kind == Kind::end) is_done_ = true;
    return tokens_.back();
  }

  /// Text up to the next tag. A backslash before `{{` makes it text; two make one backslash.
  void read_content() {
    const std::size_t open = text_.find("{{", at_);
    if (open == std::string_view::npos) {
      if (at_ < text_.size()) add(Kind::content, text_.size() - at_);
      add(Kind::end, 0);
      return;
    }
    const std::string_view content = text_.substr(at_, open - at_);
    const bool is_doubled = content.ends_with("\\\\");
    const bool is_escaped = !is_doubled && content.ends_with("\\");
    const std::size_t kept = content.size() - (is_doubled || is_escaped ? 1 : 0);
    if (kept) add(Kind::content, kept);
    at_ = open;
    if (is_escaped) {
      add(Kind::content, escaped_size());
    } else {
      is_in_tag_ = true;
    }
  }

  /// An escaped tag runs to the next one, or to the backslashes before it.
  std::size_t escaped_size() const {
    std::size_t next = std::min(text_.find("{{", at_ + 2), text_.size());
    for (int i = 0; i < 2 && next < text_.size() && next > at_ + 2 && text_[next - 1] == '\\'; ++i)
      --next;
    return next - at_;
  }

  void read_in_tag() {
    const std::string_view text = rest();
    if (text.empty()) {
      add(Kind::end, 0);
    } else if (const std::size_t spaces = leading_space(text)) {
      at_ += spaces;
    } else if (text.starts_with("{{")) {
      read_open(text);
    } else if (!read_close(text) && !read_punctuation(text) && !read_word(text)) {
      add(Kind::invalid, 1);
    }
  }

  void read_open(std::string_view text) {
    const bool strips = text.substr(2).starts_with("~");
    const std::size_t mark = strips ? 3 : 2;
    const char c = text.size() > mark ? text[mark] : '\0';
    // Recognised although unsupported: whoever brings a template with partials should read that
    // Harbor has none, not that there is a syntax error.
    if (text.starts_with("{{{{") || c == '>' || c == '*')
      return void(add(Kind::unsupported, mark + 1));
    if (c == '#') {
      const bool is_plain =
          text.size() <= mark + 1 || (text[mark + 1] != '>' && text[mark + 1] != '*');
      add(is_plain ? Kind::open_block : Kind::unsupported, mark + 1).strip.open = strips;
    } else if (c == '/') {
      add(Kind::open_end, mark + 1).strip.open = strips;
    } else if (c == '!') {
      read_comment(text, mark, strips);
    } else if (c == '{') {
      add(Kind::open_unescaped, mark + 1).strip.open = strips;
    } else if (!read_inverse(text, mark, strips)) {
      add(Kind::open, c == '&' ? mark + 1 : mark).strip.open = strips;
    }
  }

  void read_comment(std::string_view text, std::size_t mark, bool strips) {
    // Only the long form may hold `}}`, which is how templates comment out other tags.
    const bool is_long = text.substr(mark + 1).starts_with("--");
    std::size_t end = std::string_view::npos;
    if (is_long) {
      const std::size_t plain = text.find("--}}", mark + 1);
      const std::size_t stripping = text.find("--~}}", mark + 1);
      if (plain != std::string_view::npos) end = plain + 4;
      if (stripping < plain) end = stripping + 5;
    } else if (const auto close = text.find("}}", mark + 1); close != std::string_view::npos) {
      end = close + 2;
    }
    if (end == std::string_view::npos) return void(add(Kind::invalid, mark + 1));
    Token& token = add(Kind::comment, end);
    token.strip = {strips, text[end - 3] == '~'};
    is_in_tag_ = false;
  }

  /// `{{^}}`, `{{else}}`, `{{^` and `{{else`.
  bool read_inverse(std::string_view text, std::size_t mark, bool strips) {
    const bool is_caret = text.substr(mark).starts_with("^");
    std::size_t end = mark + (is_caret ? 1 : leading_space(text.substr(mark)));
    if (!is_caret) {
      if (!text.substr(end).starts_with("else")) return false;
      end += 4;
    }
    std::size_t close = end + leading_space(text.substr(end));
    const bool strips_close = text.substr(close).starts_with("~");
    close += strips_close ? 1 : 0;
    if (text.substr(close).starts_with("}}")) {
      add(Kind::inverse, close + 2).strip = {strips, strips_close};
      is_in_tag_ = false;
      return true;
    }
    // `{{elsewhere}}` is a variable, `{{else if}}` is not.
    const bool goes_on =
        end < text.size() && (isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_');
    if (!is_caret && goes_on) return false;
    add(is_caret ? Kind::open_inverse : Kind::open_chain, end).strip.open = strips;
    return true;
  }

  bool read_close(std::string_view text) {
    // Longest first, as `}}}` starts with `}}`. Four braces would end a raw block, and there is
    // none.
    for (const std::string_view close : {"}~}}", "}}}", "~}}", "}}"}) {
      if (!text.starts_with(close) || text.starts_with("}}}}")) continue;
      const bool is_unescaped = close == "}~}}" || close == "}}}";
      Token& token = add(is_unescaped ? Kind::close_unescaped : Kind::close, close.size());
      token.strip.close = close.find('~') != std::string_view::npos;
      is_in_tag_ = false;
      return true;
    }
    return false;
  }

  bool read_punctuation(std::string_view text) {
    switch (text[0]) {
      case '(':
        add(Kind::open_sexpr, 1);
        return true;
      case ')':
        add(Kind::close_sexpr, 1);
        return true;
      case '=':
        add(Kind::equals, 1);
        return true;
      case '@':
        add(Kind::at, 1);
        return true;
      case '/':
        add(Kind::separator, 1);
        return true;
      case '|':
        add(Kind::unsupported, 1);
        return true;
      case '.':
        read_dot(text);
        return true;
      case '"':
      case '\'':
        return read_quoted(text, text[0], Kind::string);
      case '[':
        return read_quoted(text, ']', Kind::segment);
      default:
        return false;
    }
  }

  void read_dot(std::string_view text) {
    if (text.starts_with("..")) {
      add(Kind::id, 2);
    } else {
      add(ends_word(text.substr(1)) ? Kind::id : Kind::separator, 1);
    }
  }

  /// What may follow a name. The end of the template may not, but the parser's message is better.
  static bool ends_word(std::string_view text) {
    if (text.empty()) return true;
    return std::string_view("=~}/.)|").find(text[0]) != std::string_view::npos ||
           space_size(text) > 0;
  }

  // Narrower than for names: `true.x` and `1a` are names to handlebars, not literals.
  static bool ends_literal(std::string_view text) {
    return !text.empty() &&
           (text[0] == '~' || text[0] == '}' || text[0] == ')' || space_size(text) > 0);
  }

  /// A backslash escapes the closing byte, unless nothing else closes.
  bool read_quoted(std::string_view text, char close, Kind kind) {
    std::size_t last_escaped = 0;
    std::size_t end = 1;
    for (; end < text.size() && text[end] != close; ++end) {
      if (text[end] == '\\' && end + 1 < text.size() && text[end + 1] == close)
        last_escaped = ++end;
    }
    if (end >= text.size()) end = last_escaped;
    if (end == 0) return false;
    Token& token = add(kind, end + 1);
    const std::string_view inner = text.substr(1, end - 1);
    for (std::size_t i = 0; i < inner.size(); ++i) {
      const char next = i + 1 < inner.size() ? inner[i + 1] : '\0';
      const bool is_escape = next == close || (kind == Kind::segment && next == '\\');
      if (inner[i] == '\\' && is_escape) ++i;
      token.value += inner[i];
    }
    return true;
  }

  bool read_word(std::string_view text) {
    for (const std::string_view word : {"true", "false", "undefined", "null"}) {
      if (text.starts_with(word) && ends_literal(text.substr(word.size()))) {
        add(Kind::word, word.size());
        return true;
      }
    }
    if (const std::size_t size = number_size(text)) {
      add(Kind::number, size);
      return true;
    }
    const std::size_t size = id_size(text);
    if (size == 0 || !ends_word(text.substr(size))) return false;
    const bool has_block_params = text.starts_with("as") && size == 2 &&
                                  text.substr(2 + leading_space(text.substr(2))).starts_with("|");
    add(has_block_params ? Kind::unsupported : Kind::id, size);
    return true;
  }

  static std::size_t number_size(std::string_view text) {
    const auto digits = [&](std::size_t at) {
      while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
      return at;
    };
    const std::size_t begin = text[0] == '-' ? 1 : 0;
    std::size_t end = digits(begin);
    if (end == begin) return 0;
    if (end < text.size() && text[end] == '.') {
      const std::size_t fraction = digits(end + 1);
      if (fraction > end + 1) end = fraction;
    }
    return ends_literal(text.substr(end)) ? end : 0;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool is_in_tag_ = false;
  bool is_done_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view text) { return Lexer(text).run(); }

std::size_t leading_space(std::string_view text) {
  std::size_t size = 0;
  while (const std::size_t one = space_size(text.substr(size))) size += one;
  return size;
}

std::size_t trailing_space(std::string_view text) {
  std::size_t begin = text.size();
  for (std::size_t size = 1; size <= 3 && size <= begin;) {
    const bool is_space = space_size(text.substr(begin - size, size)) == size;
    begin = is_space ? begin - size : begin;
    size = is_space ? 1 : size + 1;
  }
  return text.size() - begin;
}

}  // namespace harbor::templating
