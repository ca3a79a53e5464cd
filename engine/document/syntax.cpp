#include "document/syntax.hpp"

#include <algorithm>
#include <utility>

#include "document/encoding.hpp"
#include "report/code_document.hpp"

namespace harbor::document {
namespace {

constexpr std::string_view quote_it = "put the text in quotation marks";
constexpr std::string_view close_it = "close the quotation marks";
constexpr std::string_view indent_it = "compare the indentation with the lines above";

struct Phrase {
  std::string_view reason;  ///< how the library's message starts
  std::string_view message;
  std::string_view hint;
};

// Looked up by the beginning of the library's message; a message that is not listed is shown as it
// is.
constexpr Phrase phrases[] = {
    {"end of map flow", "expected ',' or '}' here",
     "separate the entries with ',' and close the '{' with '}'"},
    {"end of sequence flow", "expected ',' or ']' here",
     "separate the items with ',' and close the '[' with ']'"},
    {"illegal map value", "a ':' is not allowed here",
     "put a text that contains ': ' in quotation marks, or compare the indentation with the line "
     "above"},
    {"illegal map key", "a key is not allowed here", indent_it},
    {"illegal block entry", "an item of a list ('- ') is not allowed here", indent_it},
    {"illegal flow end", "this bracket closes nothing",
     "remove it, or put the text in quotation marks"},
    {"illegal EOF in scalar", "the text ends within quotation marks", close_it},
    {"illegal document indicator", "a document marker is inside quotation marks", close_it},
    {"illegal tab", "a tab is used for indentation", "indent with spaces"},
    {"unknown token", "no text may start like this", quote_it},
    {"unknown escape character", "an escape that YAML does not know",
     "write '\\\\' for a backslash, or use single quotes"},
    {"bad character found while scanning hex", "an escape with a digit that is not hexadecimal",
     "write two digits after \\x, four after \\u, eight after \\U"},
    {"invalid unicode", "an escape for a character that does not exist", ""},
    {"unexpected character in block scalar", "nothing may follow '|' or '>' on its line",
     "put the text on the next line"},
    {"cannot set zero indentation", "the indentation of a block text cannot be 0",
     "write a digit from 1 to 9, or none"},
    {"alias not found", "a name is missing after '*'", quote_it},
    {"anchor not found", "a name is missing after '&'", quote_it},
    {"illegal character found while scanning alias",
     "a character that the name of an alias cannot have", quote_it},
    {"illegal character found while scanning anchor",
     "a character that the name of an anchor cannot have", quote_it},
    {"illegal character found while scanning tag", "a character that a tag cannot have", quote_it},
    {"tag handle with no suffix", "a tag is not complete", quote_it},
    {"end of verbatim tag", "a tag is not closed with '>'", quote_it},
    {"cannot assign multiple tags", "a value has two tags", "remove one of them"},
    {"cannot assign multiple anchors", "a value has two anchors", "remove one of them"},
    {"YAML major version", "the text is for another version of YAML", "remove the %YAML line"},
    {"bad YAML version", "the %YAML line has no version", "remove the line"},
    {"YAML directives must", "the %YAML line has no version", "remove the line"},
    {"repeated YAML", "there are two %YAML lines", "remove one of them"},
    {"TAG directives must", "the %TAG line is not complete", "remove the line"},
    {"repeated TAG", "there are two %TAG lines for one handle", "remove one of them"},
};

constexpr Phrase misplaced = {
    "", "the indentation fits no line above",
    "align the keys of a mapping in one column, and the '- ' of a list as well"};
constexpr Phrase trailing = {"", "unexpected text after a value",
                             "put the whole text in quotation marks"};

bool starts_line(std::string_view text, std::size_t offset) {
  const std::size_t before = text.substr(0, offset).find_last_not_of(" \t");
  return before == std::string_view::npos || text[before] == '\n';
}

Phrase phrase_of(std::string_view text, const SyntaxError& error) {
  const std::string_view reason = error.reason;
  // The library has the same message for a wrongly indented line and for text after a value.
  if (reason.starts_with("end of map not") || reason.starts_with("end of sequence not"))
    return starts_line(text, error.at.offset) ? misplaced : trailing;
  for (const Phrase& phrase : phrases)
    if (reason.starts_with(phrase.reason)) return phrase;
  return {reason, "the text is not YAML here", ""};
}

/// The tab that indents the line of `at`, if one does.
std::optional<Position> indenting_tab(std::string_view text, const Position& at) {
  const std::size_t offset = std::min(at.offset, text.size());
  const std::size_t start = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;
  const std::size_t content = std::min(text.find_first_not_of(" \t", start), text.size());
  const std::size_t tab = text.find('\t', start);
  if (tab >= content) return std::nullopt;
  return Position{tab, at.line, static_cast<std::uint32_t>(tab - start + 1)};
}

/// Where something is missing at the end of the text: after its last character.
Position before_end(std::string_view text, const Position& at) {
  if (text.find_first_not_of(" \t\r\n", std::min(at.offset, text.size())) != text.npos) return at;
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return advance(text, {}, last == text.npos ? 0 : last + 1);
}

report::Label character(const SourceText& source, const Position& at, std::string words = {}) {
  const std::size_t length =
      at.offset < source.text.size() ? utf8_length(source.text, at.offset) : 1;
  return source.label(at, length, std::move(words));
}

report::Diagnostic unknown_alias(const SourceText& source, const Position& at) {
  const std::string alias(source.word(at.offset));
  return report::diagnose(report::code::unknown_alias,
                          "the alias '" + alias + "' has no anchor above it",
                          {source.label(at, alias.size())},
                          "write '&" + alias.substr(std::min<std::size_t>(alias.size(), 1)) +
                              "' in front of the value that it stands for, or quote a text that "
                              "starts with '*'");
}

}  // namespace

report::Diagnostic explain_syntax(const SourceText& source, const SyntaxError& error) {
  const std::string_view text = source.text;
  if (error.reason.starts_with("the referenced anchor is not defined"))
    return unknown_alias(source, error.at);
  if (const auto tab = indenting_tab(text, error.at))
    return report::diagnose(report::code::syntax, "a tab is used for indentation",
                            {character(source, *tab)}, "indent with spaces");
  const Phrase phrase = phrase_of(text, error);
  std::string hint(phrase.hint);
  const bool is_at_end = text.find_first_not_of(" \t\r\n", error.at.offset) == text.npos;
  if (error.open_quote && (is_at_end || phrase.hint == close_it))
    return report::diagnose(report::code::syntax, "the quotation mark is never closed",
                            {character(source, *error.open_quote)}, std::string(close_it));
  report::Diagnostic diagnostic =
      report::diagnose(report::code::syntax, std::string(phrase.message),
                       {character(source, before_end(text, error.at))}, std::move(hint));
  if (error.open && phrase.reason.ends_with("flow"))
    diagnostic.labels.push_back(character(source, *error.open, "opened here"));
  return diagnostic;
}

}  // namespace harbor::document
