#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "document/encoding.hpp"
#include "document/layer.hpp"
#include "document/scalar.hpp"
#include "document/yaml.hpp"
#include "report/code_document.hpp"

namespace harbor::document {
namespace {

constexpr std::string_view option = "--set ";
constexpr std::string_view form = "write --set PATH=VALUE, for example --set deploy.jobs=4";

struct Key {
  std::string text;
  Mark mark;
};

/// One `--set`: what it says, and where its errors go.
struct Setting {
  std::string_view assignment;
  std::uint32_t source;
  const Sources& sources;
  report::Diagnostics& diagnostics;

  /// The source's name is the option as given, so columns count from the `--set`.
  Mark mark(std::size_t offset, std::size_t length) const {
    return {source, 1, static_cast<std::uint32_t>(option.size() + offset + 1),
            static_cast<std::uint32_t>(std::max<std::size_t>(length, 1))};
  }

  void fail(const Mark& at, std::string message, std::string hint,
            std::vector<report::Label> more = {}) const {
    more.insert(more.begin(), {to_span(at, sources), ""});
    diagnostics.push_back(report::diagnose(report::code::bad_setting, std::move(message),
                                           std::move(more), std::move(hint)));
  }
};

/// The first `=` that is not escaped by a backslash.
std::size_t find_equals(std::string_view assignment) {
  for (std::size_t i = 0; i < assignment.size(); ++i) {
    if (assignment[i] == '\\')
      ++i;
    else if (assignment[i] == '=')
      return i;
  }
  return std::string_view::npos;
}

/// The keys of a path: joined by dots; a backslash escapes the byte after it.
std::vector<Key> split(const Setting& setting, std::string_view path) {
  std::vector<Key> keys;
  std::string key;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= path.size(); ++i) {
    if (i == path.size() || path[i] == '.') {
      keys.push_back({std::exchange(key, {}), setting.mark(start, i - start)});
      start = i + 1;
    } else {
      if (path[i] == '\\' && i + 1 < path.size()) ++i;
      key += path[i];
    }
  }
  return keys;
}

void move_marks(Value& value, const Setting& setting, std::size_t offset) {
  value.mark.source = setting.source;
  value.mark.column += static_cast<std::uint32_t>(option.size() + offset);
  for (Value& item : value.items) move_marks(item, setting, offset);
  for (Member& member : value.members) {
    member.key_mark.column += static_cast<std::uint32_t>(option.size() + offset);
    move_marks(member.value, setting, offset);
  }
}

/// What looks like flow YAML is read as such; anything else is a plain scalar as it is.
std::optional<Value> read_value(const Setting& setting, std::size_t offset) {
  const std::string_view text = setting.assignment.substr(offset);
  // Full YAML would parse `a: b`, `- x` and ` #`, which is not what is meant on a command line.
  const bool is_flow =
      !text.empty() && std::string_view("[{\"'!").find(text.front()) != std::string_view::npos;
  if (!is_flow)
    return make_value(kind_of(text), setting.mark(offset, text.size()), std::string(text));
  Parsed parsed = parse_yaml(text, setting.source, setting.sources);
  for (const report::Diagnostic& error : parsed.diagnostics) {
    const report::Span& span = error.labels.front().span;
    const std::size_t at = span.line == 1 ? offset + span.column - 1 : offset;
    setting.fail(setting.mark(at, span.length), "the value is not YAML: " + error.message,
                 error.hint);
  }
  if (!parsed.diagnostics.empty()) return std::nullopt;
  move_marks(parsed.value, setting, offset);
  return std::move(parsed.value);
}

Value* step_into_list(Value& list, const Key& key, const Setting& setting) {
  std::size_t index = 0;
  const char* const end = key.text.data() + key.text.size();
  const auto read = std::from_chars(key.text.data(), end, index);
  const std::string count = std::to_string(list.items.size());
  const std::vector<report::Label> place = {
      {to_span(list.mark, setting.sources), "this is a list"}};
  if (read.ec == std::errc::invalid_argument || read.ptr != end) {
    setting.fail(key.mark, "'" + key.text + "' is not the number of an item of a list",
                 "items count from 0; the list has " + count, place);
    return nullptr;
  }
  if (read.ec != std::errc() || index >= list.items.size()) {
    setting.fail(key.mark, "the list has no item " + key.text,
                 "items count from 0; the list has " + count, place);
    return nullptr;
  }
  return &list.items[index];
}

std::string describe(const Value& scalar) {
  if (scalar.kind == Kind::string) return "text";
  return scalar.kind == Kind::boolean ? "truth value" : "number";
}

/// The value under a key; created when there is none.
Value* step_into(Value& parent, const Key& key, const Setting& setting) {
  if (parent.kind == Kind::sequence) return step_into_list(parent, key, setting);
  if (parent.kind == Kind::null) {
    if (parent.mark.source != 0) parent.shadowed.push_back(parent.mark);
    parent.kind = Kind::mapping;
    parent.text.clear();
    parent.mark = key.mark;
  }
  if (parent.kind != Kind::mapping) {
    setting.fail(key.mark, "'" + key.text + "' cannot be set below a " + describe(parent),
                 "shorten the path, to replace the value",
                 {{to_span(parent.mark, setting.sources), "this is a " + describe(parent)}});
    return nullptr;
  }
  if (Value* const found = parent.find(key.text)) return found;
  parent.members.push_back({key.text, key.mark, {}});
  return &parent.members.back().value;
}

bool has_errors(const std::vector<Key>& keys, const Setting& setting) {
  if (keys.size() > Limits{}.depth) {
    setting.fail(keys.back().mark, "the path has more than 64 keys", std::string(form));
    return true;
  }
  for (const Key& key : keys) {
    if (!key.text.empty()) continue;
    setting.fail(key.mark, "the path has an empty key", std::string(form));
    return true;
  }
  return false;
}

}  // namespace

void set_path(Value& root, std::string_view assignment, Sources& sources,
              report::Diagnostics& diagnostics) {
  if (sources.empty()) sources.emplace_back();  // index 0 is nowhere
  sources.push_back({std::string(option) + std::string(assignment), "command line"});
  const Setting setting{assignment, static_cast<std::uint32_t>(sources.size() - 1), sources,
                        diagnostics};
  if (const auto error = check_encoding(assignment))
    return setting.fail(setting.mark(error->offset, error->length), error->message, error->hint);
  const std::size_t equals = find_equals(assignment);
  if (equals == std::string_view::npos)
    return setting.fail(setting.mark(0, assignment.size()), "the setting has no '='",
                        std::string(form));
  const std::vector<Key> keys = split(setting, assignment.substr(0, equals));
  if (has_errors(keys, setting)) return;
  auto value = read_value(setting, equals + 1);
  if (!value) return;
  Value* place = &root;
  for (const Key& key : keys) {
    place = step_into(*place, key, setting);
    if (place == nullptr) return;
  }
  value->shadowed = std::move(place->shadowed);
  if (place->mark.source != 0) value->shadowed.push_back(place->mark);
  *place = std::move(*value);
}

}  // namespace harbor::document
