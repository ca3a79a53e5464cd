#include "document/value.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "document/scalar.hpp"

namespace harbor::document {
namespace {

/// One reference token of an RFC 6901 pointer: `~1` is a slash, `~0` a tilde.
std::string unescape(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escaped = token[i] == '~' && i + 1 < token.size();
    if (escaped && token[i + 1] == '1') {
      out += '/';
      ++i;
    } else if (escaped && token[i + 1] == '0') {
      out += '~';
      ++i;
    } else {
      out += token[i];
    }
  }
  return out;
}

std::optional<std::size_t> to_index(std::string_view token) {
  std::size_t index = 0;
  const char* const end = token.data() + token.size();
  const auto result = std::from_chars(token.data(), end, index);
  if (token.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  // RFC 6901 allows no leading zeros: `01` is a key.
  if (token.size() > 1 && token.front() == '0') return std::nullopt;
  return index;
}

const Value* child(const Value& value, std::string_view token) {
  if (value.kind == Kind::mapping) return value.find(unescape(token));
  if (value.kind != Kind::sequence) return nullptr;
  const auto index = to_index(token);
  return index && *index < value.items.size() ? &value.items[*index] : nullptr;
}

}  // namespace

report::Span to_span(const Mark& mark, const Sources& sources) {
  if (mark.source == 0 || mark.source >= sources.size()) return {};
  return {sources[mark.source].name, mark.line, mark.column, mark.length};
}

std::string_view to_string(Kind kind) noexcept {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "boolean";
    case Kind::integer:
      return "integer";
    case Kind::number:
      return "number";
    case Kind::string:
      return "string";
    case Kind::sequence:
      return "sequence";
    case Kind::mapping:
      return "mapping";
  }
  return "value";
}

const Value* Value::find(std::string_view key) const noexcept {
  // Mappings that people write are short; code that builds trees uses a MemberIndex.
  const auto member = std::find_if(members.begin(), members.end(),
                                   [&](const Member& candidate) { return candidate.key == key; });
  return member == members.end() ? nullptr : &member->value;
}

Value* Value::find(std::string_view key) noexcept {
  return const_cast<Value*>(std::as_const(*this).find(key));
}

Value make_value(Kind kind, const Mark& mark, std::string text) {
  Value value;
  value.kind = kind;
  value.mark = mark;
  value.text = std::move(text);
  return value;
}

const Value& nearest(const Value& root, std::string_view pointer) {
  const Value* found = &root;
  while (!pointer.empty() && pointer.front() == '/') {
    pointer.remove_prefix(1);
    const std::string_view token = pointer.substr(0, pointer.find('/'));
    const Value* const next = child(*found, token);
    // For a missing value, point at the place where it would have to be.
    if (next == nullptr) break;
    found = next;
    pointer.remove_prefix(token.size());
  }
  return *found;
}

nlohmann::json to_json(const Value& value) {
  switch (value.kind) {
    case Kind::null:
      return nullptr;
    case Kind::boolean:
      return value.text.front() == 't' || value.text.front() == 'T';
    case Kind::integer:
    case Kind::number:
      return number_of(value.text);
    case Kind::string:
      return value.text;
    case Kind::sequence: {
      nlohmann::json out = nlohmann::json::array();
      for (const Value& item : value.items) out.push_back(to_json(item));
      return out;
    }
    case Kind::mapping: {
      nlohmann::json out = nlohmann::json::object();
      for (const Member& member : value.members) out.emplace(member.key, to_json(member.value));
      return out;
    }
  }
  return nullptr;
}

}  // namespace harbor::document
