#include "canonical.hpp"

#include <algorithm>
#include <map>

#include "scalar.hpp"

namespace harbor::compose {
namespace {

// The length in front keeps texts from running into each other.
void put(std::string& out, std::string_view text) {
  out.append(std::to_string(text.size())).append(":").append(text);
}

void write(std::string& out, const Node& node, const Lookup& lookup);

void write_map(std::string& out, const Node& node, const Lookup& lookup) {
  std::vector<const Entry*> entries;
  for (std::uint32_t i = 0; i < node.size; ++i)
    if (!node.entries[i].key.starts_with("x-")) entries.push_back(&node.entries[i]);
  std::sort(entries.begin(), entries.end(),
            [](const Entry* a, const Entry* b) { return a->key < b->key; });
  out += '{';
  for (const Entry* entry : entries) {
    put(out, entry->key);
    write(out, *entry->value, lookup);
  }
  out += '}';
}

void write(std::string& out, const Node& node, const Lookup& lookup) {
  if (node.kind == Kind::mapping) return write_map(out, node, lookup);
  if (node.kind == Kind::scalar) {
    if (is_null(&node))
      out += '~';
    else
      put(out, resolved(value_text(node), lookup));
    return;
  }
  out += '[';
  for (std::uint32_t i = 0; i < node.size; ++i) write(out, *node.items[i], lookup);
  out += ']';
}

}  // namespace

std::string resolved(std::string_view text, const Lookup& lookup) {
  if (text.find('$') == std::string_view::npos) return std::string(text);
  if (auto known = substituted(text, lookup)) return *known;
  std::string out(text);
  for (const VariableUse& use : variables_in(text)) {
    const auto value = lookup(use.name);
    out.append("\n").append(use.name).append(value ? "=" + *value : "");
  }
  return out;
}

std::string canonical(const Node& node, const Lookup& lookup) {
  std::string out;
  write(out, node, lookup);
  return out;
}

std::string canonical_variables(const Node& node, const Lookup& lookup) {
  std::map<std::string, std::optional<std::string>> values;
  const auto set = [&](const std::string& name, std::optional<std::string> value) {
    values[name] = value ? std::move(value) : lookup(name);
  };
  for (std::uint32_t i = 0; node.kind != Kind::scalar && i < node.size; ++i) {
    if (node.kind == Kind::mapping) {
      const Node& value = *node.entries[i].value;
      set(std::string(node.entries[i].key),
          is_null(&value) ? std::nullopt : std::optional(resolved(value_text(value), lookup)));
      continue;
    }
    const std::string text = resolved(value_text(*node.items[i]), lookup);
    const std::size_t equals = text.find('=');
    set(text.substr(0, equals),
        equals == std::string::npos ? std::nullopt : std::optional(text.substr(equals + 1)));
  }
  std::string out = "{";
  for (const auto& [name, value] : values) {
    put(out, name);
    if (value)
      put(out, *value);
    else
      out += '~';
  }
  return out + '}';
}

}  // namespace harbor::compose
