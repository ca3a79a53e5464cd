#include "document/condition.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace harbor::document {
namespace {

// The parser recurses, and no person nests this deep.
constexpr int max_brackets = 32;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_true(std::string_view text) {
  constexpr std::array<std::string_view, 5> falsehoods = {"", "false", "0", "no", "off"};
  return std::none_of(falsehoods.begin(), falsehoods.end(), [&](std::string_view word) {
    return std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
    });
  });
}

// Every value is a text, so that `(${A} == 1) == true` means what it says.
std::string to_text(bool value) { return value ? "true" : "false"; }

/// Thrown and caught within this file: the parser is recursive, and an error ends all of it.
struct Failure {
  std::string error;
  std::size_t offset = 0;
  std::size_t length = 0;
};

/// Recursive descent. `live` is false on the right side of a decided `&&` or `||`: there, only the
/// grammar is checked, and nothing is looked up.
class Parser {
 public:
  Parser(std::string_view text, const Lookup* lookup)
      : text_(text), lookup_(lookup), references_(variables(text, Names::dotted)) {}

  bool run() {
    skip_space();
    if (at_ == text_.size()) throw Failure{"the expression is empty", 0, text_.size()};
    check_references();
    const std::string value = disjunction(lookup_ != nullptr);
    if (at_ < text_.size()) unexpected("expected '&&', '||', '==' or '!='");
    return is_true(value);
  }

  const std::vector<Variable>& references() const { return references_; }

  /// The variables that are compared and have neither a default nor a message.
  std::vector<Variable> compared() const {
    std::vector<Variable> out;
    std::copy_if(references_.begin(), references_.end(), std::back_inserter(out),
                 [&](const Variable& variable) {
                   const auto holds_it = [&](const auto& part) {
                     return part.first <= variable.offset && variable.offset < part.second;
                   };
                   return !variable.has_default && !variable.required &&
                          std::any_of(compared_.begin(), compared_.end(), holds_it);
                 });
    return out;
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  bool sees(std::string_view symbol) const { return text_.substr(at_).starts_with(symbol); }

  bool take(std::string_view symbol) {
    if (!sees(symbol)) return false;
    at_ += symbol.size();
    skip_space();
    return true;
  }

  std::string disjunction(bool live) {
    std::string value = conjunction(live);
    while (take("||")) {
      const bool left = is_true(value);
      const std::string right = conjunction(live && !left);
      value = to_text(left || is_true(right));
    }
    return value;
  }

  std::string conjunction(bool live) {
    std::string value = negation(live);
    while (take("&&")) {
      const bool left = is_true(value);
      const std::string right = negation(live && left);
      value = to_text(left && is_true(right));
    }
    return value;
  }

  std::string negation(bool live) {
    bool negated = false;
    bool changed = false;
    while (!sees("!=") && take("!")) {
      negated = !negated;
      changed = true;
    }
    std::string value = equality(live);
    return changed ? to_text(is_true(value) != negated) : value;
  }

  std::string equality(bool live) {
    const std::size_t begin = at_;
    std::string left = term(live);
    const bool equal = sees("==");
    if (!equal && !sees("!=")) return left;
    const std::size_t middle = at_;
    take(equal ? "==" : "!=");
    const std::size_t second = at_;
    const std::string right = term(live);
    // A comparison with empty text asks whether the variable is set.
    if (!is_nothing(begin, middle) && !is_nothing(second, at_)) compared_.emplace_back(begin, at_);
    // What `a == b == c` means differs from language to language.
    if (sees("==") || sees("!=")) unexpected("comparisons do not chain");
    return to_text((left == right) == equal);
  }

  bool is_nothing(std::size_t begin, std::size_t end) const {
    const std::string_view part = text_.substr(begin, end - begin);
    return part.starts_with("''") || part.starts_with("\"\"");
  }

  std::string term(bool live) {
    if (at_ == text_.size()) throw Failure{"expected a value at the end", text_.size(), 0};
    if (text_[at_] == '(') return bracket(live);
    const char c = text_[at_];
    std::string value = c == '"' || c == '\'' ? quoted(live) : bare(live);
    skip_space();
    return value;
  }

  std::string bracket(bool live) {
    const std::size_t open = at_;
    if (++depth_ > max_brackets) throw Failure{"brackets nest deeper than 32 levels", open, 1};
    take("(");
    std::string value = disjunction(live);
    if (at_ == text_.size()) throw Failure{"this bracket is never closed", open, 1};
    if (!take(")")) unexpected("expected ')', '&&', '||', '==' or '!='");
    --depth_;
    return value;
  }

  std::string quoted(bool live) {
    const std::size_t open = at_++;
    while (at_ < text_.size() && text_[at_] != text_[open]) step();
    if (at_ == text_.size()) throw Failure{"this quotation mark is never closed", open, 1};
    return expand(open + 1, at_++, live);
  }

  std::string bare(bool live) {
    const std::size_t start = at_;
    while (!sees("!") && at_ < text_.size() && !ends_bare(at_)) step();
    if (at_ == start) unexpected("expected a value");
    return expand(start, at_, live);
  }

  bool ends_bare(std::size_t at) const {
    const std::string_view rest = text_.substr(at, 2);
    return is_space(rest.front()) || std::string_view("()\"'").find(rest.front()) != rest.npos ||
           rest == "==" || rest == "!=" || rest == "&&" || rest == "||";
  }

  /// One byte, one `$$` or one whole `${...}`, whose words may hold blanks, quotes and operators.
  void step() {
    while (next_ < references_.size() && references_[next_].offset < at_) ++next_;
    if (next_ < references_.size() && references_[next_].offset == at_) {
      at_ += references_[next_].length;
    } else {
      at_ += sees("$$") ? 2 : 1;
    }
    at_ = std::min(at_, text_.size());
  }

  std::string expand(std::size_t begin, std::size_t end, bool live) const {
    if (!live) return {};
    Interpolation result = interpolate(text_.substr(begin, end - begin), *lookup_, options());
    if (result.error) fail(*result.error, begin);
    return std::move(result.text);
  }

  /// References have to be well-formed even if nothing is looked up.
  void check_references() const {
    const Lookup anything = [](std::string_view) { return std::optional<std::string>("x"); };
    const Interpolation result = interpolate(text_, anything, options());
    if (result.error) fail(*result.error, 0);
  }

  static InterpolationOptions options() {
    InterpolationOptions dotted;
    dotted.names = Names::dotted;
    return dotted;
  }

  [[noreturn]] static void fail(const InterpolationError& error, std::size_t base) {
    throw Failure{error.message, base + error.offset, error.length};
  }

  [[noreturn]] void unexpected(std::string_view expectation) const {
    if (at_ >= text_.size())
      throw Failure{std::string(expectation) + " at the end", text_.size(), 0};
    std::size_t end = at_ + 1;
    while (end < text_.size() && !is_space(text_[end]) && text_[end] != '(' && text_[end] != ')')
      ++end;
    const std::size_t length = std::min<std::size_t>(end - at_, 40);
    throw Failure{
        std::string(expectation) + ", not '" + std::string(text_.substr(at_, length)) + "'", at_,
        length};
  }

  std::string_view text_;
  const Lookup* lookup_;
  std::vector<Variable> references_;
  std::vector<std::pair<std::size_t, std::size_t>> compared_;  ///< from, to
  std::size_t next_ = 0;
  std::size_t at_ = 0;
  int depth_ = 0;
};

Condition to_condition(Failure failure) {
  return {false, std::move(failure.error), failure.offset, failure.length};
}

}  // namespace

Condition evaluate(std::string_view expression, const Lookup& lookup) {
  try {
    return {Parser(expression, &lookup).run(), "", 0, 0};
  } catch (Failure& failure) {
    return to_condition(std::move(failure));
  }
}

ConditionNames names_in(std::string_view expression) {
  ConditionNames result;
  Parser parser(expression, nullptr);
  try {
    (void)parser.run();
  } catch (Failure& failure) {
    result.error = to_condition(std::move(failure));
  }
  for (const Variable& variable : parser.references())
    if (std::find(result.names.begin(), result.names.end(), variable.name) == result.names.end())
      result.names.push_back(variable.name);
  result.compared = parser.compared();
  return result;
}

}  // namespace harbor::document
