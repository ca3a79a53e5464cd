#include "document/tree.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "document/encoding.hpp"
#include "document/member_index.hpp"
#include "document/scalar.hpp"
#include "report/code_document.hpp"

namespace harbor::document {
namespace {

using Type = YamlEvent::Type;

constexpr std::string_view known_tags =
    "the tags that are known are !!str, !!int, !!float, !!bool, !!null, !!seq and !!map; "
    "a text that starts with '!' needs quotation marks";

/// A text as it is shown in a message.
std::string quoted(std::string_view text) {
  constexpr std::size_t shown = 60;
  std::string out = "'";
  std::size_t i = 0;
  while (i < text.size() && i < shown) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text, i), 1);
    out += text.substr(i, length);
    i += length;
  }
  return out + (i < text.size() ? "...'" : "'");
}

std::string_view describe(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "a truth value";
    case Kind::integer:
    case Kind::number:
      return "a number";
    case Kind::string:
      return "a text";
    case Kind::sequence:
      return "a list";
    case Kind::mapping:
      return "a mapping";
  }
  return "a value";
}

/// The kind that a tag asks for.
std::optional<Kind> wanted_kind(Tag tag) {
  switch (tag) {
    case Tag::null:
      return Kind::null;
    case Tag::boolean:
      return Kind::boolean;
    case Tag::integer:
      return Kind::integer;
    case Tag::number:
      return Kind::number;
    case Tag::string:
      return Kind::string;
    case Tag::sequence:
      return Kind::sequence;
    case Tag::mapping:
      return Kind::mapping;
    case Tag::none:
    case Tag::quoted:
    case Tag::unknown:
      break;
  }
  return std::nullopt;
}

class Builder {
 public:
  Builder(const SourceText& source, const YamlEvents& events, report::Diagnostics& diagnostics)
      : source_(source), text_(source.text), events_(events), diagnostics_(diagnostics) {}

  /// Builds the node at events[i] and moves i past it. An empty node has no place of its own;
  /// `parent` says where it would be.
  Value node(std::size_t& i, const Mark& parent, bool is_key = false) {
    if (is_end(i)) return make_value(Kind::null, parent);
    const YamlEvent& event = events_[i];
    switch (event.type) {
      case Type::null:
        ++i;
        return null(event, parent, is_key);
      case Type::scalar:
        ++i;
        return scalar(event, parent);
      case Type::alias:
        ++i;
        return alias(event, parent);
      case Type::sequence:
        return sequence(i);
      case Type::mapping:
        return mapping(i);
      case Type::end:
        break;
    }
    return make_value(Kind::null, parent);
  }

 private:
  struct Merge {
    Value value;
    Mark key_mark;
  };

  bool is_end(std::size_t i) const { return i >= events_.size() || events_[i].type == Type::end; }

  /// Moves i past the end of the container.
  void close(std::size_t& i) const {
    if (i < events_.size()) ++i;
  }

  Mark mark_at(const Position& at, std::string_view value) const {
    return source_.mark(at, scalar_length(text_, at.offset, value));
  }

  Mark token_mark(const Position& at) const { return source_.mark(at, 1); }

  /// The library gives the place of a null if it is written, else that of the next token.
  Value null(const YamlEvent& event, const Mark& parent, bool is_key) {
    const Position at = skip_properties(text_, event.at);
    for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
      const bool is_word = text_.substr(at.offset, word.size()) == word &&
                           (is_key || is_scalar_end(at.offset + word.size()));
      if (!is_word) continue;
      return make_value(Kind::null, mark_at(at, word), std::string(word));
    }
    const bool has_property = at.offset != event.at.offset;
    return make_value(Kind::null, has_property ? token_mark(event.at) : parent);
  }

  bool is_scalar_end(std::size_t offset) const {
    const std::size_t next = text_.find_first_not_of(" \t", offset);
    return next >= text_.size() || text_[next] == '\n' || text_[next] == '\r' ||
           text_[next] == ',' || text_[next] == ']' || text_[next] == '}' ||
           (text_[next] == '#' && next > offset);
  }

  Value scalar(const YamlEvent& event, const Mark& parent) {
    const Position at = skip_properties(text_, event.at);
    const bool is_absent = event.text.empty() && at.offset != event.at.offset;
    const Kind kind = event.tag == Tag::quoted ? Kind::string : kind_of(event.text);
    Value value = make_value(kind, is_absent ? parent : mark_at(at, event.text), event.text);
    if (value.text.find('\0') != std::string::npos)
      report(report::code::not_text, "the text contains a NUL character",
             {source_.label(value.mark)}, "remove it: neither a path nor a variable can hold one");
    apply_tag(event, value);
    return value;
  }

  void apply_tag(const YamlEvent& event, Value& value) {
    if (event.tag == Tag::none || event.tag == Tag::quoted) return;
    const auto wanted = wanted_kind(event.tag);
    const bool widens =
        wanted == Kind::string || (wanted == Kind::number && value.kind == Kind::integer);
    if (wanted == value.kind || (widens && value.is_scalar())) {
      value.kind = *wanted;
      return;
    }
    const Position at = tag_position(event);
    const std::string tag(source_.word(at.offset));
    const Mark mark = source_.mark(at, tag.size());
    if (!wanted) {
      report(report::code::unknown_tag, "unknown tag " + quoted(tag), {source_.label(mark)},
             std::string(known_tags));
      return;
    }
    const std::string kind(describe(value.kind));
    report(report::code::unknown_tag, "the tag " + quoted(tag) + " does not fit " + kind,
           {source_.label(mark), source_.label(value.mark, "this is " + kind)},
           "remove the tag, or write a value of that type");
  }

  /// The place of the tag among a node's properties.
  Position tag_position(const YamlEvent& event) const {
    const std::size_t end = skip_properties(text_, event.at).offset;
    std::size_t offset = event.at.offset;
    while (offset < end && text_[offset] != '!') {
      offset = std::min(text_.find_first_of(" \t\r\n", offset), end);
      offset = std::min(text_.find_first_not_of(" \t\r\n", offset), end);
    }
    return advance(text_, event.at, offset);
  }

  /// Builds the anchor's value again; its errors were reported the first time.
  Value alias(const YamlEvent& event, const Mark& parent) {
    ++replays_;
    std::size_t i = event.target;
    Value value = node(i, parent);
    --replays_;
    return value;
  }

  Value sequence(std::size_t& i) {
    const YamlEvent& start = events_[i];
    Value value = make_value(Kind::sequence, token_mark(skip_properties(text_, start.at)));
    for (++i; !is_end(i);) {
      const YamlEvent& event = events_[i];
      const bool is_null = event.type == Type::null;
      if (is_null && start.is_flow && text_.substr(event.at.offset, 1) == ",")
        report(report::code::syntax, "an item of the list is missing", {source_.label(event.at, 1)},
               "remove this ',', or write the item in front of it");
      value.items.push_back(node(i, is_null ? dash(event, start, value.mark) : value.mark));
    }
    close(i);
    apply_tag(start, value);
    return value;
  }

  /// The `-` of an empty item, which is on a line above the next token.
  Mark dash(const YamlEvent& event, const YamlEvent& start, const Mark& sequence) const {
    if (start.is_flow) return token_mark(event.at);
    std::size_t line_start = text_.rfind('\n', event.at.offset == 0 ? 0 : event.at.offset - 1);
    line_start = line_start == text_.npos ? 0 : line_start + 1;
    for (std::uint32_t line = event.at.line; line >= sequence.line; --line) {
      const std::size_t offset = line_start + sequence.column - 1;
      const bool is_before = offset < event.at.offset || event.at.offset >= text_.size();
      if (is_before && offset < text_.size() && text_[offset] == '-')
        return {source_.source, line, sequence.column, 1};
      if (line_start < 2) break;
      line_start = text_.rfind('\n', line_start - 2);
      line_start = line_start == text_.npos ? 0 : line_start + 1;
    }
    return sequence;
  }

  Value mapping(std::size_t& i) {
    const YamlEvent& start = events_[i];
    Value value = make_value(Kind::mapping, token_mark(skip_properties(text_, start.at)));
    const bool has_brace = text_.substr(skip_properties(text_, start.at).offset, 1) == "{";
    MemberIndex index(value.members);
    std::optional<Merge> merge;
    for (++i; !is_end(i);) {
      const bool is_first = value.members.empty() && !merge;
      const YamlEvent& key_event = events_[i];
      Value key = node(i, token_mark(key_event.at), true);
      // In block style a mapping has no token of its own: it begins where its first key does.
      if (is_first && !has_brace) value.mark = key.mark;
      if (key_event.type == Type::alias) key.mark = token_mark(key_event.at);
      // Quoted or tagged, `<<` is a key like any other.
      const bool is_merge =
          key_event.type == Type::scalar && key_event.tag == Tag::none && key.text == "<<";
      Value member = node(i, key.mark);
      if (!is_text_key(key)) {
        report_key(key);
        // A scalar stays a key, so that a duplicate or unknown one is still found.
        if (!key.is_scalar()) continue;
      }
      if (is_merge && !merge) {
        merge = Merge{std::move(member), key.mark};
      } else if (is_merge) {
        report_duplicate("<<", key.mark, merge->key_mark);
      } else if (const Member* const first = index.find(key.text)) {
        report_duplicate(key.text, key.mark, first->key_mark);
      } else {
        value.members.push_back({std::move(key.text), key.mark, std::move(member)});
      }
    }
    close(i);
    // At the end, since the mapping's own keys win regardless of their order.
    if (merge) apply_merge(value, index, *merge);
    apply_tag(start, value);
    return value;
  }

  /// The merged keys come first, as defaults that the mapping's own keys follow.
  void apply_merge(Value& value, MemberIndex& own, Merge& merge) {
    std::vector<Member> merged;
    MemberIndex index(merged);
    const auto take = [&](Value& from) {
      if (from.kind != Kind::mapping) {
        report(
            report::code::merge_not_mapping,
            "a merge key takes a mapping, not " + std::string(describe(from.kind)),
            {source_.label(from.mark, "this is " + std::string(describe(from.kind))),
             source_.label(merge.key_mark, "merged by this key")},
            "write <<: *name, where &name marks a mapping; quote the key if '<<' is meant as text");
        return;
      }
      for (Member& member : from.members)
        if (own.find(member.key) == nullptr && index.find(member.key) == nullptr)
          merged.push_back(std::move(member));
    };
    if (merge.value.kind == Kind::sequence) {
      for (Value& item : merge.value.items) take(item);
    } else {
      take(merge.value);
    }
    merged.insert(merged.end(), std::make_move_iterator(value.members.begin()),
                  std::make_move_iterator(value.members.end()));
    value.members = std::move(merged);
  }

  static bool is_text_key(const Value& key) { return key.kind == Kind::string; }

  void report_key(const Value& key) {
    if (key.kind == Kind::null && key.text.empty()) {
      report(report::code::key_not_text, "a key is missing", {source_.label(key.mark)},
             "write a text in front of the ':'");
    } else if (key.is_scalar()) {
      report(
          report::code::key_not_text,
          "the key " + quoted(key.text) + " is " + std::string(describe(key.kind)) + ", not a text",
          {source_.label(key.mark)}, "put it in quotation marks: \"" + key.text + "\"");
    } else {
      report(report::code::key_not_text,
             "a key is " + std::string(describe(key.kind)) + ", not a text",
             {source_.label(key.mark)},
             "a text that starts with '" + std::string(key.kind == Kind::mapping ? "{" : "[") +
                 "' needs quotation marks");
    }
  }

  void report_duplicate(std::string_view key, const Mark& second, const Mark& first) {
    report(report::code::duplicate_key, "the key " + quoted(key) + " occurs twice in one mapping",
           {source_.label(second, "again here"), source_.label(first, "first here")},
           "remove one of the two, or join them");
  }

  void report(std::string_view code, std::string message, std::vector<report::Label> labels,
              std::string hint) {
    if (replays_ > 0 || diagnostics_.size() >= max_tree_errors) return;
    diagnostics_.push_back(
        report::diagnose(code, std::move(message), std::move(labels), std::move(hint)));
  }

  const SourceText& source_;
  std::string_view text_;
  const YamlEvents& events_;
  report::Diagnostics& diagnostics_;
  int replays_ = 0;
};

}  // namespace

Value build_tree(const SourceText& source, const YamlEvents& events,
                 report::Diagnostics& diagnostics) {
  std::size_t i = 0;
  return Builder(source, events, diagnostics).node(i, source.mark({}, 1));
}

}  // namespace harbor::document
