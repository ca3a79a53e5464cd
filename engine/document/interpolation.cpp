#include "document/interpolation.hpp"

#include <algorithm>
#include <utility>

namespace harbor::document {
namespace {

using Kind = InterpolationError::Kind;

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_name_part(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

enum class Operator { none, fallback, require, alternate };

struct Token {
  enum class Kind { literal, reference, malformed };

  Kind kind = Kind::literal;
  std::size_t begin = 0;  ///< of a literal the text that stands for itself
  std::size_t end = 0;
  std::string_view name = {};
  Operator op = Operator::none;
  bool empty_is_unset = false;
  std::size_t word_begin = 0;
  std::size_t word_end = 0;
  std::string_view fault = {};  ///< of a malformed one
};

/// Cuts text[position, end) into tokens. A word is one token; the caller scans it in turn.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t begin, std::size_t end, Names names)
      : text_(text), position_(begin), end_(end), names_(names) {}

  std::optional<Token> next() {
    if (position_ >= end_) return std::nullopt;
    Token token = text_[position_] == '$' ? dollar() : literal(position_);
    position_ = consumed_;
    return token;
  }

  std::size_t position() const { return position_; }

 private:
  Token literal(std::size_t begin) {
    consumed_ = std::min(text_.find('$', std::max(begin, position_ + 1)), end_);
    return {.begin = begin, .end = consumed_};
  }

  Token dollar() {
    const std::size_t after = position_ + 1;
    if (after == end_) return literal(position_);
    if (text_[after] == '{') return braced(after + 1);
    if (text_[after] == '$') {
      consumed_ = after + 1;
      return {.begin = after, .end = consumed_};
    }
    // A '$' that begins no reference is literal: prices need no escape.
    if (!is_name_start(text_[after])) return literal(position_);
    consumed_ = name_end(after, Names::plain);
    return {.kind = Token::Kind::reference,
            .begin = position_,
            .end = consumed_,
            .name = text_.substr(after, consumed_ - after)};
  }

  Token braced(std::size_t begin) {
    const std::size_t after_name = name_end(begin, names_);
    name_ = text_.substr(begin, after_name - begin);
    if (after_name >= end_) return malformed(end_, not_closed);
    if (after_name == begin) return malformed(begin, " does not start with the name of a variable");
    Token token{.kind = Token::Kind::reference, .begin = position_, .name = name_};
    if (text_[after_name] == '}') {
      token.end = consumed_ = after_name + 1;
      return token;
    }
    token.empty_is_unset = text_[after_name] == ':';
    const std::size_t at = after_name + (token.empty_is_unset ? 1 : 0);
    token.op = at < end_ ? operator_of(text_[at]) : Operator::none;
    if (token.op == Operator::none) {
      return at < end_ ? malformed(at, " has no operator known here (:- - :? ? :+ +)")
                       : malformed(end_, not_closed);
    }
    token.word_begin = at + 1;
    const auto close = closing_brace(begin - 1, token.word_begin);
    if (!close) return malformed(line_end_ - 1, not_closed);
    token.word_end = *close;
    token.end = consumed_ = *close + 1;
    return token;
  }

  /// `last` is the byte where the reference went wrong.
  Token malformed(std::size_t last, std::string_view fault) {
    consumed_ = std::min(position_ + 2, end_);
    return {.kind = Token::Kind::malformed,
            .begin = position_,
            .end = std::min(last + 1, end_),
            .name = name_,
            .fault = fault};
  }

  static constexpr std::string_view not_closed = " is not closed on its line";

  static Operator operator_of(char c) {
    switch (c) {
      case '-':
        return Operator::fallback;
      case '?':
        return Operator::require;
      case '+':
        return Operator::alternate;
      default:
        return Operator::none;
    }
  }

  std::size_t name_end(std::size_t at, Names names) const {
    if (at >= end_ || !is_name_start(text_[at])) return at;
    for (;;) {
      while (at < end_ && is_name_part(text_[at])) ++at;
      // The index of a list may follow a dot.
      const bool goes_on = names == Names::dotted && at + 1 < end_ && text_[at] == '.' &&
                           is_name_part(text_[at + 1]);
      if (!goes_on) return at;
      ++at;
    }
  }

  /// Where a reference that opens at `open` closes. The grammar counts every brace, quoted or not,
  /// except the byte after an opening one; if they do not balance, it takes the last `}` of the
  /// line.
  std::optional<std::size_t> closing_brace(std::size_t open, std::size_t word_begin) {
    find_line(word_begin);
    if (last_brace_ == std::string_view::npos || last_brace_ < word_begin) return std::nullopt;
    std::size_t depth = 0;
    for (std::size_t i = open; i <= last_brace_; ++i) {
      if (text_[i] == '{') {
        ++depth;
        ++i;
      } else if (text_[i] == '}' && --depth == 0) {
        return i;
      }
    }
    return last_brace_;
  }

  /// Line ends are found once per line, not once per reference, so that a long line takes linear
  /// time.
  void find_line(std::size_t at) {
    if (has_line_ && at <= line_end_) return;
    has_line_ = true;
    // Only within this scanner's part: the scanners of nested words must not each search the whole
    // text.
    const auto rest = text_.substr(at, end_ - at);
    line_end_ = at + std::min(rest.find('\n'), rest.size());
    const std::size_t brace = rest.substr(0, line_end_ - at).rfind('}');
    last_brace_ = brace == std::string_view::npos ? brace : at + brace;
  }

  std::string_view text_;
  std::size_t position_;
  std::size_t end_;
  Names names_;
  std::size_t consumed_ = 0;
  std::string_view name_;
  bool has_line_ = false;
  std::size_t line_end_ = 0;
  std::size_t last_brace_ = 0;
};

std::string quoted(std::string_view text) {
  constexpr std::size_t shown = 60;
  std::string out = "'";
  for (const char c : text.substr(0, shown)) out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  return out + (text.size() > shown ? "...'" : "'");
}

/// One call of interpolate(): what its recursion shares.
struct Expansion {
  std::string_view text;
  const Lookup& lookup;
  const InterpolationOptions& options;
  Interpolation& result;

  enum class Use { keep, check_values, check_syntax };

  /// Expands text[begin, end) into `out`; false when result.error was set.
  bool expand(std::size_t begin, std::size_t end, std::size_t depth, Use use, std::string& out) {
    Scanner scanner(text, begin, end, options.names);
    while (const auto token = scanner.next()) {
      bool good = true;
      if (token->kind == Token::Kind::literal) {
        out.append(text, token->begin, token->end - token->begin);
      } else if (options.only && !options.only(token->name)) {
        out.append(text, token->begin, scanner.position() - token->begin);
      } else if (token->kind == Token::Kind::malformed) {
        good = fail(Kind::syntax, *token,
                    quoted(text.substr(token->begin, token->end - token->begin)) +
                        std::string(token->fault));
      } else {
        good = reference(*token, depth, use, out);
      }
      if (!good) return false;
      // Checked as it grows: a few nested defaults can double a text many times over.
      if (out.size() > options.max_output)
        return fail(Kind::too_long, *token, "the text grows beyond the limit for one value");
    }
    return true;
  }

  bool reference(const Token& token, std::size_t depth, Use use, std::string& out) {
    if (use == Use::check_syntax) {
      std::string unused;
      return word(token, depth, use, unused);
    }
    const auto value = lookup(token.name);
    const bool is_set = value && !(token.empty_is_unset && value->empty());
    const bool takes_word = token.op == Operator::alternate ? is_set : !is_set;
    std::string expanded;
    if (!word(token, depth, takes_word ? use : unused_word(), expanded)) return false;
    if (token.op == Operator::none && !value && use == Use::keep)
      result.unset.push_back({token.begin, token.end - token.begin, std::string(token.name)});
    if (token.op == Operator::require && !is_set) {
      std::string message = "required variable " + std::string(token.name) + " is missing a value";
      if (!expanded.empty()) message += ": " + expanded;
      return fail(Kind::required, token, std::move(message));
    }
    if (token.op != Operator::none && takes_word) {
      out += expanded;
    } else if (value) {
      out += *value;
    }
    return true;
  }

  bool word(const Token& token, std::size_t depth, Use use, std::string& out) {
    if (token.op == Operator::none) return true;
    if (depth >= max_interpolation_depth)
      return fail(Kind::too_deep, token, "references nest deeper than 32 levels");
    return expand(token.word_begin, token.word_end, depth + 1, use, out);
  }

  Use unused_word() const {
    return options.words == Words::eager ? Use::check_values : Use::check_syntax;
  }

  bool fail(Kind kind, const Token& token, std::string message) {
    result.error = {kind, token.begin, token.end - token.begin, std::string(token.name),
                    std::move(message)};
    return false;
  }
};

void collect(std::string_view text, std::size_t begin, std::size_t end, Names names,
             std::size_t depth, std::vector<Variable>& found) {
  Scanner scanner(text, begin, end, names);
  while (const auto token = scanner.next()) {
    if (token->kind != Token::Kind::reference) continue;
    const bool has_word = token->op != Operator::none;
    found.push_back({.name = std::string(token->name),
                     .offset = token->begin,
                     .length = token->end - token->begin,
                     .has_default = has_word && token->op != Operator::require,
                     .required = token->op == Operator::require});
    if (has_word && depth < max_interpolation_depth)
      collect(text, token->word_begin, token->word_end, names, depth + 1, found);
  }
}

}  // namespace

Interpolation interpolate(std::string_view text, const Lookup& lookup,
                          const InterpolationOptions& options) {
  Interpolation result;
  Expansion expansion{text, lookup, options, result};
  std::string out;
  if (expansion.expand(0, text.size(), 0, Expansion::Use::keep, out)) result.text = std::move(out);
  return result;
}

std::vector<Variable> variables(std::string_view text, Names names) {
  std::vector<Variable> found;
  collect(text, 0, text.size(), names, 0, found);
  return found;
}

std::string escape(std::string_view literal) {
  std::string out;
  for (const char c : literal) {
    if (c == '$') out += '$';
    out += c;
  }
  return out;
}

}  // namespace harbor::document
