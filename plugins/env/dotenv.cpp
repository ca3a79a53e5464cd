#include "dotenv.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include <harbor/place.hpp>
#include "quote.hpp"
#include "rune.hpp"

namespace harbor::env {
namespace {

// This many warnings of a kind are enough; reporting a whole file of them would take seconds.
constexpr std::size_t most_told = 20;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Reads one file; each method consumes what it names. The steps are those of compose-go's dotenv
/// package, whose quirks are part of the grammar: users' files rely on them.
class Reader {
 public:
  Reader(std::string_view text, const DotenvContext& context)
      : text_(text), context_(context), places_(text, context.file) {}

  Dotenv read() {
    // Such a value cannot be passed to a process: for execve() it ends at the NUL.
    if (const auto nul = text_.find('\0'); nul != std::string_view::npos)
      throw error("env.nul_byte", "the file holds a NUL byte", "save it as plain UTF-8 text", nul,
                  1);
    if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
    while (skip_to_statement()) read_statement();
    for (const auto& [code, count] : told_)
      if (count > most_told)
        result_.warnings.push_back({std::string(code),
                                    std::to_string(count - most_told) +
                                        " more places like these in " + context_.file +
                                        " are not shown",
                                    "",
                                    {context_.file, 0, 0, 0, {}}});
    return std::move(result_);
  }

 private:
  struct Name {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool is_alone = false;  ///< no `=` on its line
  };

  struct Value {
    std::size_t begin = 0;
    std::size_t end = 0;
    Unquoted content;
  };

  bool skip_to_statement() {
    for (;;) {
      skip(is_space);
      if (at_ >= text_.size()) return false;
      if (text_[at_] != '#') return true;
      at_ = std::min(text_.find('\n', at_), text_.size());
    }
  }

  void skip(bool (*matches)(char32_t)) {
    while (at_ < text_.size()) {
      const Rune rune = decode(text_.substr(at_));
      if (!matches(rune.value)) return;
      at_ += rune.size;
    }
  }

  void read_statement() {
    is_tail_ = warn_text_after_quote();
    skip_export();
    const Name name = read_name();
    const std::string key(text_.substr(name.begin, name.end - name.begin));
    // Only here, as Compose does: a tab within a name passes, a space does not.
    if (key.find(' ') != std::string::npos)
      throw error("env.bad_name", "the name of a variable cannot contain a space",
                  "write NAME=value, one per line", name.begin, name.end - name.begin);
    closing_quote_ = 0;
    if (name.is_alone) {
      inherit(key, name);
    } else {
      Assignment assignment = assignment_of(key, name);
      assignment.value = read_value(assignment);
      keep(std::move(assignment), name);
    }
  }

  /// Compose reads on after a closing quote, so `A="b"c` drops the c, and `A="b"C=d` sets two
  /// variables.
  bool warn_text_after_quote() {
    if (closing_quote_ == 0) return false;
    const std::string_view between = text_.substr(closing_quote_, at_ - closing_quote_);
    if (between.find('\n') != std::string_view::npos) return false;
    if (!may_tell("env.text_after_quote")) return true;
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    warn("env.text_after_quote", "text after a closing quote is not part of the value",
         "put the whole value into one pair of quotes", at_, end - at_);
    return true;
  }

  void skip_export() {
    constexpr std::string_view word = "export";
    const std::string_view rest = text_.substr(at_);
    // `export` is an ordinary name if no white space follows: `export=1`, `exported=1`.
    if (!rest.starts_with(word) || rest.size() == word.size()) return;
    if (std::string_view("\t\n\f\r ").find(rest[word.size()]) == std::string_view::npos) return;
    at_ += word.size();
    skip(is_inline_space);
    if (at_ == text_.size())
      throw error("env.bad_name", "`export` names no variable", "write export NAME=value", at_, 0);
  }

  Name read_name() {
    Name name{at_, at_, false};
    for (std::size_t i = at_; i < text_.size();) {
      const Rune rune = decode(text_.substr(i));
      if (rune.value == '=' || rune.value == ':' || rune.value == '\n') {
        name.end = trimmed_end(name.begin, i);
        name.is_alone = rune.value == '\n';
        at_ = i + 1;
        skip(is_inline_space);
        return name;
      }
      if (!is_inline_space(rune.value) && !is_name_rune(rune.value)) throw bad_name(i, rune.size);
      i += rune.size;
    }
    return name;  // Compose takes a last line without `=` and line end for a value without a name
  }

  static bool is_name_rune(char32_t rune) {
    return is_letter_or_number(rune) || rune == '_' || rune == '.' || rune == '-' || rune == '[' ||
           rune == ']';
  }

  Error bad_name(std::size_t at, std::size_t size) const {
    std::string message = "this is not allowed in the name of a variable";
    if (!context_.is_secret && text_[at] > ' ')
      message =
          "'" + std::string(text_.substr(at, size)) + "' is not allowed in the name of a variable";
    return error(
        "env.bad_name", std::move(message),
        "write NAME=value, and put a value of several lines or parts into one pair of quotes", at,
        size);
  }

  /// Where text[begin, end) ends without its trailing white space.
  // Backwards, one to three bytes at a time: UTF-8 has to be decoded to know white space beyond
  // ASCII.
  std::size_t trimmed_end(std::size_t begin, std::size_t end) const {
    for (std::size_t size = 1; size <= 3 && begin + size <= end;) {
      const Rune rune = decode(text_.substr(end - size, size));
      const bool is_last = rune.size == size && is_space(rune.value);
      end = is_last ? end - size : end;
      size = is_last ? 1 : size + 1;
    }
    return end;
  }

  Assignment assignment_of(const std::string& key, const Name& name) const {
    const Label place = places_.label(name.begin, 0);
    return {.key = key,
            .value = {},
            .line = place.line,
            .column = place.column,
            .is_inherited = false,
            .uses = {}};
  }

  void inherit(const std::string& key, const Name& name) {
    const auto value = context_.environment ? context_.environment(key) : std::nullopt;
    if (value) {
      Assignment assignment = assignment_of(key, name);
      assignment.value = *value;
      assignment.is_inherited = true;
      assignment.uses = {key};
      keep(std::move(assignment), name);
    } else if (!key.empty() && !is_tail_ && may_tell("env.not_inherited")) {
      // In a file of secrets a bare word is most likely a line of a value that lost its quotes.
      const std::string what = context_.is_secret ? "this line" : "'" + key + "'";
      warn("env.not_inherited", what + " has no value here and the environment has none for it",
           "write NAME=value, or NAME= for an empty value", name.begin, name.end - name.begin);
    }
  }

  std::string read_value(Assignment& assignment) {
    if (at_ >= text_.size() || (text_[at_] != '"' && text_[at_] != '\''))
      return expand(read_unquoted(), assignment);
    const char quote = text_[at_];
    Value value = read_quoted(quote);
    return quote == '"' ? expand(std::move(value), assignment) : std::move(value.content.text);
  }

  Value read_unquoted() {
    const std::size_t begin = at_;
    const std::size_t line_end = std::min(text_.find('\n', at_), text_.size());
    // A comment needs the space: `COLOR=#fff` and `URL=http://x/#top` are values. A tab is not
    // enough.
    const std::size_t comment = text_.substr(begin, line_end - begin).find(" #");
    const std::size_t end = comment == std::string_view::npos ? line_end : begin + comment;
    at_ = std::min(line_end + 1, text_.size());
    Value value{begin, trimmed_end(begin, end), {}};
    value.content.text = text_.substr(begin, value.end - begin);
    return value;
  }

  Value read_quoted(char quote) {
    const std::size_t begin = at_;
    const auto end = closing_quote(text_, begin);
    if (!end)
      throw error("env.unterminated_quote", "the quote is not closed",
                  std::string("close it with ") + quote, begin, 1);
    at_ = closing_quote_ = *end + 1;
    const std::string_view inner = text_.substr(begin + 1, *end - begin - 1);
    return {begin + 1, *end, quote == '"' ? unquote_double(inner) : unquote_single(inner)};
  }

  std::string expand(Value value, Assignment& assignment) {
    if (value.content.text.find('$') == std::string::npos) return std::move(value.content.text);
    const Lookup lookup = [&](std::string_view name) {
      assignment.uses.emplace_back(name);
      return look_up(name);
    };
    Expansion expansion =
        context_.expand({.text = value.content.text, .lookup = lookup, .eager = true});
    if (expansion.fault) throw bad_reference(value, *expansion.fault);
    for (const auto& unset : expansion.unset)
      if (may_tell("env.unset_reference")) warn_unset(value, unset);
    return std::move(expansion.text);
  }

  std::optional<std::string> look_up(std::string_view name) const {
    // The environment first, even before the file's own lines: as in Compose, where the shell
    // overrides what a file derives from a variable.
    if (context_.environment) {
      if (auto value = context_.environment(name)) return value;
    }
    if (const auto found = own_.find(std::string(name)); found != own_.end()) return found->second;
    return context_.earlier ? context_.earlier(name) : std::nullopt;
  }

  Error bad_reference(const Value& value, const Expansion::Fault& fault) const {
    std::string message = fault.message;
    if (context_.is_secret) message = "this value holds a reference that cannot be resolved";
    const auto [begin, end] = span_of(value, fault.offset, fault.length);
    if (fault.kind == HARBOR_EXPANSION_REQUIRED)
      return error("env.required", std::move(message),
                   "set the variable in this file or an earlier one", begin, end - begin);
    return error("env.bad_reference", std::move(message),
                 "write $$ for a dollar sign, or use single quotes", begin, end - begin);
  }

  void warn_unset(const Value& value, const Expansion::Unset& unset) {
    const auto [begin, end] = span_of(value, unset.offset, unset.length);
    const std::string what =
        context_.is_secret ? "a variable in this value" : "'" + unset.name + "'";
    warn("env.unset_reference", what + " is not set and counts as empty",
         "for a dollar sign write $$ or use single quotes; for a default write ${NAME:-default}",
         begin, end - begin);
  }

  /// Where a part of a value is in the file.
  std::pair<std::size_t, std::size_t> span_of(const Value& value, std::size_t offset,
                                              std::size_t length) const {
    const auto place = [&](std::size_t i) { return value.begin + value.content.source_offset(i); };
    return {std::min(place(offset), value.end), std::min(place(offset + length), value.end)};
  }

  void keep(Assignment assignment, const Name& name) {
    if (assignment.key.empty()) {
      const std::size_t end = std::min(text_.find('\n', name.begin), text_.size());
      if (is_tail_ || !may_tell("env.no_name")) return;
      warn("env.no_name", "this line names no variable and has no effect", "write NAME=value",
           name.begin, end - name.begin);
      return;
    }
    total_ += assignment.value.size();
    // Thirty lines of `A=$A$A` are a few hundred bytes on disk and a gigabyte here.
    if (total_ > max_dotenv_output)
      throw error("env.too_large", "the values grow beyond 16 MiB",
                  "look for a variable that refers to itself", name.begin, name.end - name.begin);
    own_[assignment.key] = assignment.value;
    result_.assignments.push_back(std::move(assignment));
  }

  bool may_tell(std::string_view code) { return ++told_[code] <= most_told; }

  void warn(std::string code, std::string message, std::string hint, std::size_t at,
            std::size_t size) {
    result_.warnings.push_back(
        {std::move(code), std::move(message), std::move(hint), places_.label(at, size)});
  }

  Error error(std::string code, std::string message, std::string hint, std::size_t at,
              std::size_t size) const {
    return {HARBOR_E_INPUT,
            std::move(code),
            std::move(message),
            std::move(hint),
            {places_.label(at, size)}};
  }

  std::string_view text_;
  const DotenvContext& context_;
  Places places_;
  std::size_t at_ = 0;
  std::size_t closing_quote_ = 0;  ///< just after the quote that closed the last value; 0 for none
  bool is_tail_ = false;           ///< the statement follows a closing quote on the same line
  std::size_t total_ = 0;
  std::map<std::string_view, std::size_t> told_;  ///< how many warnings there were, by code
  std::unordered_map<std::string, std::string> own_;
  Dotenv result_;
};

}  // namespace

Dotenv parse_dotenv(std::string_view text, const DotenvContext& context) {
  return Reader(text, context).read();
}

}  // namespace harbor::env
