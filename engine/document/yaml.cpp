#include "document/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <optional>
#include <streambuf>
#include <string>
#include <utility>

#include "document/encoding.hpp"
#include "document/nesting.hpp"
#include "document/source_text.hpp"
#include "document/syntax.hpp"
#include "document/tree.hpp"
#include "document/yaml_event.hpp"
#include "report/code_document.hpp"

namespace harbor::document {
namespace {

using Type = YamlEvent::Type;

/// Reads from a view without a copy.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* const begin = const_cast<char*>(text.data());  // the get area is only read
    setg(begin, begin, begin + text.size());
  }
};

/// Ends parsing from within an event; unwinds through the library.
struct Stop {
  report::Diagnostic diagnostic;
};

/// What a node costs once its aliases are expanded.
struct Size {
  std::size_t nodes = 1;
  std::size_t height = 0;  ///< levels of sequences and mappings
};

std::string with_commas(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

report::Diagnostic limit_exceeded(const SourceText& source, const Position& at, std::string message,
                                  std::string hint) {
  return report::diagnose(report::code::limit_exceeded, std::move(message), {source.label(at, 1)},
                          std::move(hint));
}

report::Diagnostic too_deep(const SourceText& source, const Position& at, const Limits& limits) {
  return limit_exceeded(source, at,
                        "values nest deeper than " + with_commas(limits.depth) + " levels",
                        "use fewer levels");
}

report::Diagnostic too_many(const SourceText& source, const Position& at, const Limits& limits) {
  return limit_exceeded(
      source, at, "there are more than " + with_commas(limits.nodes) + " values, aliases expanded",
      "split the file, or use fewer aliases");
}

/// The library takes text after the end of a value for another document.
report::Diagnostic second_document(const SourceText& source, const Position& at) {
  const std::string_view before = source.text.substr(0, at.offset);
  const std::size_t last = before.find_last_not_of(" \t\r\n");
  const bool is_marked = source.text.substr(at.offset).starts_with("---") ||
                         (last != before.npos && before.substr(0, last + 1).ends_with("..."));
  if (is_marked)
    return report::diagnose(report::code::several_documents, "a second document starts here",
                            {source.label(at, 3)},
                            "join the documents, or move this one into a file of its own");
  return report::diagnose(report::code::syntax, "unexpected text after the end of the document",
                          {source.label(at, 1)}, "compare the indentation with the lines above");
}

report::Diagnostic self_reference(const SourceText& source, const Position& at) {
  return report::diagnose(report::code::unknown_alias,
                          "the alias is inside the value that it refers to",
                          {source.label(at, source.word(at.offset).size())},
                          "refer to a value that ends above the alias");
}

Tag to_tag(std::string_view tag) {
  constexpr std::string_view core = "tag:yaml.org,2002:";
  if (tag == "?") return Tag::none;
  if (tag == "!") return Tag::quoted;
  if (!tag.starts_with(core)) return Tag::unknown;
  constexpr std::pair<std::string_view, Tag> names[] = {
      {"str", Tag::string},   {"int", Tag::integer}, {"float", Tag::number}, {"bool", Tag::boolean},
      {"seq", Tag::sequence}, {"map", Tag::mapping}, {"null", Tag::null}};
  for (const auto& [name, known] : names)
    if (tag.substr(core.size()) == name) return known;
  return Tag::unknown;
}

/// The library reads the escapes \N and \_ as single bytes; in UTF-8 these characters have two.
std::string repair_escapes(const std::string& value) {
  std::string repaired;
  for (std::size_t i = 0; i < value.size();) {
    const std::size_t length = utf8_length(value, i);
    if (length == 0) repaired += '\xC2';
    repaired.append(value, i, std::max<std::size_t>(length, 1));
    i += std::max<std::size_t>(length, 1);
  }
  return repaired;
}

/// Records events and measures them against the limits as they come.
class Recorder : public YAML::EventHandler {
 public:
  Recorder(const SourceText& source, const Limits& limits) : source_(source), limits_(limits) {}

  const YamlEvents& events() const { return events_; }

  /// The innermost `[` or `{` that is open.
  std::optional<Position> open_bracket() const {
    for (auto open = open_.rbegin(); open != open_.rend(); ++open)
      if (const YamlEvent& event = events_[open->event]; event.is_flow)
        return skip_properties(source_.text, event.at);
    return std::nullopt;
  }

  Position position(const YAML::Mark& mark) const {
    if (mark.is_null()) return advance(source_.text, {}, source_.text.size());
    return {std::min(static_cast<std::size_t>(mark.pos), source_.text.size()),
            static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(mark.column) + 1};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw Stop{second_document(source_, position(mark))};
  }

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    leaf({.at = position(mark)}, anchor, {});
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const Position at = position(mark);
    if (value.size() > limits_.scalar_bytes)
      throw Stop{limit_exceeded(
          source_, at, "a text is longer than " + with_commas(limits_.scalar_bytes) + " bytes",
          "move it into a file of its own")};
    const bool may_have_escapes = value.find_first_of("\x85\xA0") != std::string::npos;
    leaf({.type = Type::scalar,
          .tag = to_tag(tag),
          .at = at,
          .text = may_have_escapes ? repair_escapes(value) : value},
         anchor, {});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Position at = position(mark);
    const Anchored& anchored = anchors_[anchor - 1];
    if (!anchored.is_complete) throw Stop{self_reference(source_, at)};
    check_depth(at, anchored.size.height);
    leaf({.type = Type::alias, .target = anchored.event, .at = at}, YAML::NullAnchor,
         anchored.size);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(Type::sequence, mark, tag, anchor, style);
  }

  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(Type::mapping, mark, tag, anchor, style);
  }

  void OnMapEnd() override { close(); }

 private:
  struct Anchored {
    std::uint32_t event = 0;
    Size size;
    bool is_complete = false;
  };

  struct Open {
    std::uint32_t event = 0;
    YAML::anchor_t anchor = YAML::NullAnchor;
    Size size;
  };

  void leaf(YamlEvent event, YAML::anchor_t anchor, Size size) {
    add(std::move(event), anchor, {next_index(), size, true});
    grow_parent(size);
  }

  void open(Type type, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    const Position at = position(mark);
    const std::uint32_t index = next_index();
    check_depth(at, 1);
    add({.type = type, .tag = to_tag(tag), .is_flow = style == YAML::EmitterStyle::Flow, .at = at},
        anchor, {index, {}, false});
    open_.push_back({index, anchor, {1, 1}});
  }

  void close() {
    const Open done = open_.back();
    open_.pop_back();
    events_.push_back({.type = Type::end});
    if (done.anchor != YAML::NullAnchor) anchors_[done.anchor - 1] = {done.event, done.size, true};
    grow_parent(done.size);
  }

  void add(YamlEvent event, YAML::anchor_t anchor, const Anchored& anchored) {
    // An alias counts as much as its value: a dozen lines of nested aliases can mean billions of
    // values.
    nodes_ += anchored.size.nodes;
    if (nodes_ > limits_.nodes) throw Stop{too_many(source_, event.at, limits_)};
    if (anchor != YAML::NullAnchor) add_anchor(event.at, anchor, anchored);
    events_.push_back(std::move(event));
  }

  /// The library numbers anchors from 1, in order of appearance.
  void add_anchor(const Position& at, YAML::anchor_t anchor, const Anchored& anchored) {
    if (anchor > limits_.anchors)
      throw Stop{limit_exceeded(source_, at,
                                "there are more than " + with_commas(limits_.anchors) + " anchors",
                                "use fewer anchors")};
    if (anchors_.size() < anchor) anchors_.resize(anchor);
    anchors_[anchor - 1] = anchored;
  }

  void grow_parent(const Size& child) {
    if (open_.empty()) return;
    Size& parent = open_.back().size;
    parent.nodes += child.nodes;
    parent.height = std::max(parent.height, child.height + 1);
  }

  void check_depth(const Position& at, std::size_t levels) const {
    if (open_.size() + levels > limits_.depth) throw Stop{too_deep(source_, at, limits_)};
  }

  std::uint32_t next_index() const { return static_cast<std::uint32_t>(events_.size()); }

  const SourceText& source_;
  const Limits& limits_;
  YamlEvents events_;
  std::vector<Anchored> anchors_;
  std::vector<Open> open_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

/// What ended parsing, if it was not the end of the text.
std::optional<report::Diagnostic> read_events(const SourceText& source, Recorder& recorder,
                                              const Nesting& nesting) {
  ViewBuffer buffer(source.text);
  std::istream in(&buffer);
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(recorder)) {
    }
  } catch (const Stop& stop) {
    return stop.diagnostic;
  } catch (const YAML::Exception& error) {
    SyntaxError syntax{.reason = error.msg,
                       .at = recorder.position(error.mark),
                       .open = recorder.open_bracket(),
                       .open_quote = std::nullopt};
    if (nesting.open_quote) syntax.open_quote = advance(source.text, {}, *nesting.open_quote);
    return explain_syntax(source, syntax);
  }
  return std::nullopt;
}

/// The library takes the end of the text for a closing quotation mark, if a line ends there.
std::optional<report::Diagnostic> find_open_quote(const SourceText& source,
                                                  const YamlEvents& events,
                                                  const Nesting& nesting) {
  if (!nesting.open_quote) return std::nullopt;
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    if (event->type != Type::scalar || event->tag == Tag::none) continue;
    const Position at = skip_properties(source.text, event->at);
    if (at.offset == *nesting.open_quote)
      return explain_syntax(source, {"illegal EOF in scalar", at, std::nullopt, at});
    if (at.offset < *nesting.open_quote) break;
  }
  return std::nullopt;
}

/// The library takes the last text in front of a syntax error for a key.
void drop_guessed_keys(report::Diagnostics& diagnostics, const report::Diagnostic& error) {
  std::erase_if(diagnostics, [&](const report::Diagnostic& diagnostic) {
    return diagnostic.code == report::code::key_not_text &&
           diagnostic.labels.front().span.line == error.labels.front().span.line;
  });
}

void sort_by_place(report::Diagnostics& diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const auto& a, const auto& b) {
    const report::Span& left = a.labels.front().span;
    const report::Span& right = b.labels.front().span;
    return std::pair(left.line, left.column) < std::pair(right.line, right.column);
  });
}

}  // namespace

Parsed parse_yaml(std::string_view text, std::uint32_t source, const Sources& sources,
                  const Limits& limits) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const SourceText input{text, source, sources};
  const auto refuse = [&](report::Diagnostic diagnostic) {
    return Parsed{make_value(Kind::null, input.mark({}, 1)), {std::move(diagnostic)}};
  };
  if (text.size() > limits.bytes)
    return refuse(limit_exceeded(input, {},
                                 "the text is longer than " + with_commas(limits.bytes) + " bytes",
                                 "split it into several files"));
  if (const auto error = check_encoding(text))
    return refuse(report::diagnose(report::code::not_text, error->message,
                                   {input.label(advance(text, {}, error->offset), error->length)},
                                   error->hint));
  const Nesting nesting = measure_nesting(text, limits.depth, limits.nodes);
  if (nesting.too_deep)
    return refuse(too_deep(input, advance(text, {}, *nesting.too_deep), limits));
  if (nesting.too_many)
    return refuse(too_many(input, advance(text, {}, *nesting.too_many), limits));

  Recorder recorder(input, limits);
  auto ended_by = read_events(input, recorder, nesting);
  if (!ended_by) ended_by = find_open_quote(input, recorder.events(), nesting);
  if (ended_by && ended_by->code == report::code::limit_exceeded)
    return refuse(std::move(*ended_by));
  Parsed parsed;
  parsed.value = build_tree(input, recorder.events(), parsed.diagnostics);
  if (ended_by) {
    drop_guessed_keys(parsed.diagnostics, *ended_by);
    parsed.diagnostics.push_back(std::move(*ended_by));
  }
  sort_by_place(parsed.diagnostics);
  return parsed;
}

}  // namespace harbor::document
