#include "parser.hpp"

#include <charconv>

#include <harbor/place.hpp>
#include "helper.hpp"
#include "lexer.hpp"
#include "value.hpp"
#include "whitespace.hpp"

namespace harbor::templating {
namespace {

using Kind = Token::Kind;

class Parser {
 public:
  Parser(std::string_view text, const std::string& file)
      : text_(text), file_(file), tokens_(tokenize(text)) {}

  Program parse() {
    Program root = program();
    if (!is(Kind::end)) throw unexpected("");
    return root;
  }

 private:
  const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  bool is(Kind kind) const { return peek().kind == kind; }
  const Token& take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }

  const Token& expect(Kind kind, std::string_view what) {
    if (!is(kind)) throw unexpected(what);
    return take();
  }

  Program program() {
    // Parsing, white space control and rendering all recurse: this one bound protects the stack in
    // each of them.
    if (++depth_ > max_nesting) throw too_deep();
    Program result;
    for (;;) {
      const Kind kind = peek().kind;
      if (kind == Kind::content) {
        const std::string_view text = take().text;
        result.body.push_back(Content{text, text});
      } else if (kind == Kind::comment) {
        result.body.push_back(Comment{take().strip});
      } else if (kind == Kind::open || kind == Kind::open_unescaped) {
        result.body.push_back(mustache());
      } else if (kind == Kind::open_block || kind == Kind::open_inverse) {
        result.body.push_back(block());
      } else {
        --depth_;
        return result;
      }
    }
  }

  Mustache mustache() {
    const Token& open = take();
    const bool is_triple = open.kind == Kind::open_unescaped;
    Mustache result{call(open), !is_triple && !open.text.ends_with('&'), {open.strip.open, false}};
    const Token& close = is_triple ? expect(Kind::close_unescaped, "'}}}' is missing")
                                   : expect(Kind::close, "'}}' is missing");
    result.strip.close = close.strip.close;
    resolve(result.call, false);
    return result;
  }

  /// Everything between a tag's opening and closing braces.
  Call call(const Token& open) {
    Call result = invocation();
    result.span = {open.offset, peek().offset + peek().text.size() - open.offset};
    return result;
  }

  Call invocation() {
    Call result;
    result.path = name();
    while (starts_expression() && !is_hash()) result.params.push_back(expression());
    while (is_hash()) {
      const Token& key = take();
      take();
      if (!starts_expression()) throw unexpected("a value is missing");
      result.hash.emplace_back(key.kind == Kind::segment ? key.value : std::string(key.text),
                               expression());
    }
    return result;
  }

  bool is_hash() const {
    return (is(Kind::id) || is(Kind::segment)) && peek(1).kind == Kind::equals;
  }

  bool starts_expression() const {
    switch (peek().kind) {
      case Kind::id:
      case Kind::segment:
      case Kind::at:
      case Kind::string:
      case Kind::number:
      case Kind::word:
      case Kind::open_sexpr:
        return true;
      default:
        return false;
    }
  }

  /// The head of a call. A literal there names a variable: `{{"a b"}}`.
  Path name() {
    if (is(Kind::id) || is(Kind::segment) || is(Kind::at)) return path();
    if (!is(Kind::string) && !is(Kind::number) && !is(Kind::word))
      throw unexpected("a name is missing");
    const Token& token = take();
    Path result;
    result.original = token.kind == Kind::string   ? token.value
                      : token.kind == Kind::number ? text_of(number(token))
                                                   : std::string(token.text);
    if (!result.original.empty()) result.parts = {result.original};
    result.span = {token.offset, token.text.size()};
    return result;
  }

  Expression expression() {
    const Token& token = peek();
    switch (token.kind) {
      case Kind::open_sexpr:
        return subexpression();
      case Kind::string:
        return Literal{Json(take().value)};
      case Kind::number:
        return Literal{number(take())};
      case Kind::word:
        take();
        if (token.text == "undefined") return Literal{};
        return Literal{token.text == "null" ? Json() : Json(token.text == "true")};
      default:
        return path();
    }
  }

  std::unique_ptr<Call> subexpression() {
    if (++depth_ > max_nesting) throw too_deep();
    const Token& open = take();
    auto result = std::make_unique<Call>(invocation());
    const Token& close = expect(Kind::close_sexpr, "')' is missing");
    result->span = {open.offset, close.offset + 1 - open.offset};
    resolve(*result, false);
    // `(name)` without arguments would be a lambda in handlebars, and data here has no functions.
    if (result->helper == Helper::none) throw unknown_helper(result->path);
    --depth_;
    return result;
  }

  static Json number(const Token& token) {
    const std::string_view text = token.text;
    long long whole = 0;
    const char* end = text.data() + text.size();
    if (const auto [rest, error] = std::from_chars(text.data(), end, whole);
        error == std::errc() && rest == end)
      return whole;
    double real = 0;
    std::from_chars(text.data(), end, real);
    return real;
  }

  Path path() {
    Path result;
    const std::size_t begin = peek().offset;
    if (is(Kind::at)) {
      take();
      result.is_data = true;
      result.original = "@";
    }
    segment(result);
    while (is(Kind::separator)) {
      result.original += take().text;
      segment(result);
    }
    const Token& last = tokens_[at_ - 1];
    result.span = {begin, last.offset + last.text.size() - begin};
    result.is_scoped = is_scoped(result.original);
    if (!result.parts.empty() && result.parts[0].empty()) result.parts.clear();  // `[]` is `this`
    return result;
  }

  void segment(Path& path) {
    // `list.0` is the usual guess. Handlebars' grammar takes that 0 for a literal and fails too,
    // but a bare syntax error would not tell anybody to write `list.[0]`.
    if (is(Kind::number) && !path.original.empty())
      throw error("template.syntax",
                  "'" + path.original + std::string(peek().text) + "' is not a path",
                  "write [" + std::string(peek().text) + "] for the element of a list", peek());
    if (!is(Kind::id) && !is(Kind::segment)) throw unexpected("a name is missing");
    const Token& token = take();
    const bool is_literal = token.kind == Kind::segment;
    const std::string part = is_literal ? token.value : std::string(token.text);
    path.original += part;
    if (is_literal || (part != ".." && part != "." && part != "this")) {
      path.parts.push_back(part);
    } else if (!path.parts.empty()) {
      throw error("template.syntax", "'" + path.original + "' is not a path",
                  "`..`, `.` and `this` belong at the start of a path", token);
    } else if (part == "..") {
      ++path.depth;
    }
  }

  static bool is_scoped(std::string_view original) {
    return original.starts_with('.') || original == "this" || original.starts_with("this.") ||
           original.starts_with("this/");
  }

  std::unique_ptr<Block> block() {
    const Token& open = take();
    auto result = std::make_unique<Block>();
    result->call = opening(open, *result);
    Program body = program();
    const bool is_inverted = open.kind == Kind::open_inverse;
    std::optional<Program> other = otherwise(*result, !is_inverted);
    const Strip close = closing(result->call.path, open);
    result->close_strip = close;
    // One `{{/if}}` closes every link of an else-if chain, so its `~` counts for the last one too.
    if (other && other->is_chained)
      std::get<std::unique_ptr<Block>>(other->body.front())->close_strip = close;
    if (is_inverted) {
      result->inverse = std::move(body);
      result->program = std::move(other);
    } else {
      result->program = std::move(body);
      result->inverse = std::move(other);
    }
    return result;
  }

  Call opening(const Token& open, Block& block) {
    Call result = call(open);
    const Token& close = expect(Kind::close, "'}}' is missing");
    block.open_strip = {open.strip.open, close.strip.close};
    resolve(result, true);
    return result;
  }

  /// What follows `{{else}}`, `{{^}}` or `{{else if ...}}`.
  std::optional<Program> otherwise(Block& block, bool may_chain) {
    if (is(Kind::inverse)) {
      block.inverse_strip = take().strip;
      return program();
    }
    if (!may_chain || !is(Kind::open_chain)) return std::nullopt;
    // A chain looks flat and is nested: each `{{else if}}` is a block in the one before it.
    if (++depth_ > max_nesting) throw too_deep();
    const Token& open = take();
    auto chained = std::make_unique<Block>();
    chained->call = opening(open, *chained);
    chained->program = program();
    chained->inverse = otherwise(*chained, true);
    if (chained->inverse && chained->inverse->is_chained)
      std::get<std::unique_ptr<Block>>(chained->inverse->body.front())->close_strip =
          chained->inverse_strip;
    block.inverse_strip = chained->open_strip;
    Program result;
    result.is_chained = true;
    result.body.push_back(std::move(chained));
    --depth_;
    return result;
  }

  Strip closing(const Path& opened, const Token& open) {
    if (!is(Kind::open_end)) {
      if (!is(Kind::end)) throw unexpected("'{{/" + opened.original + "}}' is missing");
      throw error("template.syntax", "the block '" + opened.original + "' is not closed",
                  "write {{/" + opened.original + "}} where it ends", open);
    }
    const Token& end = take();
    const Path closed = name();
    if (closed.original != opened.original)
      throw error("template.syntax",
                  "'{{/" + closed.original + "}}' does not close '" + opened.original + "'",
                  "write {{/" + opened.original + "}}", end);
    return {end.strip.open, expect(Kind::close, "'}}' is missing").strip.close};
  }

  /// Finds the helper that a call names and checks what it is given.
  void resolve(Call& call, bool is_block) {
    const bool has_arguments = !call.params.empty() || !call.hash.empty();
    const bool is_simple = call.path.parts.size() == 1 && !call.path.is_scoped &&
                           call.path.depth == 0 && !call.path.is_data;
    const HelperRow* row = is_simple ? find_helper(call.path.parts[0]) : nullptr;
    if (!row) {
      if (has_arguments) throw unknown_helper(call.path);
      return;
    }
    const std::string name(row->name);
    const bool fits = row->is_block == is_block && call.params.size() >= row->least &&
                      call.params.size() <= row->most;
    if (!fits)
      throw error("template.bad_argument", "'" + name + "' is not used like this",
                  "write " + std::string(row->usage), call.path.span);
    for (const auto& [key, value] : call.hash) {
      if (key == "includeZero" && (row->helper == Helper::if_ || row->helper == Helper::unless))
        continue;
      throw error("template.bad_argument", "'" + name + "' has no option '" + key + "'",
                  "write " + std::string(row->usage), call.path.span);
    }
    call.helper = row->helper;
  }

  Error unknown_helper(const Path& path) const {
    return error("template.unknown_helper", "there is no helper '" + path.original + "'",
                 "helpers are if, unless, each, with, upper, lower, default, join, eq and json",
                 path.span);
  }

  Error too_deep() const {
    return error("template.too_deep", "blocks or subexpressions nest deeper than 64 levels", "",
                 peek());
  }

  Error unexpected(std::string_view missing) const {
    const Token& token = peek();
    if (token.kind == Kind::unsupported)
      return error("template.unsupported",
                   "'" + std::string(token.text) + "' is beyond the Handlebars that Harbor knows",
                   "partials, decorators, raw blocks and block parameters are not supported",
                   token);
    if (token.kind == Kind::end && !missing.empty())
      return error("template.syntax", "the template ends within a tag: " + std::string(missing), "",
                   token);
    std::string message = "'" + shown(token.text) + "' does not belong here";
    if (!missing.empty()) message += ": " + std::string(missing);
    if (token.kind == Kind::end) message = "the template ends too early";
    return error("template.syntax", std::move(message),
                 "to have {{ as text, write a backslash before it", token);
  }

  static std::string shown(std::string_view text) {
    constexpr std::size_t most = 40;
    const std::size_t line = std::min(text.find('\n'), text.size());
    return std::string(text.substr(0, std::min(line, most)));
  }

  Error error(std::string code, std::string message, std::string hint, const Token& token) const {
    return error(std::move(code), std::move(message), std::move(hint),
                 Span{token.offset, token.text.size()});
  }

  Error error(std::string code, std::string message, std::string hint, Span span) const {
    return {HARBOR_E_INPUT,
            std::move(code),
            std::move(message),
            std::move(hint),
            {Places(text_, file_).label(span.offset, span.length)}};
  }

  std::string_view text_;
  const std::string& file_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

Program parse_template(std::string_view text, const std::string& file) {
  Program root = Parser(text, file).parse();
  control_whitespace(root);
  return root;
}

}  // namespace harbor::templating
