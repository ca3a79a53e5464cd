#include "provenance.hpp"

#include <algorithm>
#include <optional>

#include "conflict.hpp"
#include "rule.hpp"
#include "scalar.hpp"
#include "suggestion.hpp"
#include "unicity.hpp"
#include "variable.hpp"
#include "writer.hpp"

namespace harbor::compose {
namespace {

/// One step of the path, resolved in the merged document.
struct Step {
  std::string key;
  const RuleNode* rule = nullptr;  // of the value that the step leads from
  const Node* node = nullptr;      // where it leads in the merged document
};

std::string shown(const Node& node) {
  return node.kind == Kind::scalar ? (is_null(&node) ? "null" : value_text(node)) : to_json(node);
}

bool is_assigned(const RuleNode* rule) { return rule_of(rule).index == Index::key_value; }

/// The value after KEY= of a list entry.
std::string assigned(const Node& item) {
  std::size_t equals = item.text.find('=');
  return std::string(equals == std::string_view::npos ? item.text : item.text.substr(equals + 1));
}

const Node* item_of(const Node& list, std::string_view key, const RuleNode* rule) {
  const Node* found = nullptr;
  for (std::uint32_t i = 0; i < list.size; ++i) {
    if (canonical_key_of(*list.items[i], rule_of(rule).index) == key) found = list.items[i];
  }
  if (found != nullptr || key.empty() || key.size() > 6) return found;
  std::size_t at = 0;
  for (char c : key) {
    if (c < '0' || c > '9') return nullptr;
    at = at * 10 + static_cast<std::size_t>(c - '0');
  }
  return at < list.size ? list.items[at] : nullptr;
}

const Node* child(const Node& node, std::string_view key, const RuleNode* rule) {
  if (node.kind == Kind::mapping) return get(&node, key);
  return node.kind == Kind::sequence ? item_of(node, key, rule) : nullptr;
}

[[noreturn]] void no_such_key(const Node& at, std::string_view path, std::string_view rest,
                              const RuleNode* rule) {
  std::vector<std::string> keys;
  for (std::uint32_t i = 0; i < at.size && at.kind == Kind::mapping; ++i)
    keys.emplace_back(at.entries[i].key);
  for (std::uint32_t i = 0; i < at.size && at.kind == Kind::sequence; ++i) {
    keys.push_back(canonical_key_of(*at.items[i], rule_of(rule).index));
  }
  std::string hint = suggestion::did_you_mean(rest.substr(0, rest.find('.')), keys);
  throw Error(HARBOR_E_INPUT, "compose.no_such_key",
              "the merged compose file has no '" + std::string(path) + "'",
              hint.empty()
                  ? "`harbor up --dry-run` prints the merged file; services that the profile does "
                    "not choose are named after the key, as with `up`"
                  : hint);
}

/// Takes the longest key that fits at each level.
std::vector<Step> steps_of(const Node& root, std::string_view path) {
  std::vector<Step> steps;
  const Node* at = &root;
  const RuleNode* rule = rules();
  for (std::string_view rest = path; !rest.empty();) {
    std::size_t length = rest.size();
    const Node* next = nullptr;
    while (true) {
      next = child(*at, rest.substr(0, length), rule);
      if (next != nullptr || length == 0) break;
      std::size_t dot = rest.rfind('.', length - 1);
      if (dot == std::string_view::npos) break;
      length = dot;
    }
    if (next == nullptr) no_such_key(*at, path, rest, rule);
    const std::string key(rest.substr(0, length));
    steps.push_back({key, rule, next});
    if (at->kind == Kind::mapping) rule = step(rule, key);
    at = next;
    rest = length == rest.size() ? std::string_view{} : rest.substr(length + 1);
  }
  return steps;
}

struct Found {
  Place place;
  std::string value;
};

/// The value of one layer at these steps, if it has one. A list in the merged document may be a map
/// here.
std::optional<Found> found_in(const Node& root, const std::vector<Step>& steps) {
  const Node* at = &root;
  Place place = root.place;
  bool is_entry = false;
  for (const Step& one : steps) {
    const Node* next = nullptr;
    is_entry = at->kind == Kind::sequence && is_assigned(one.rule);
    if (at->kind == Kind::mapping) {
      const Entry* entry = find(*at, one.key);
      if (entry != nullptr) {
        next = entry->value;
        place = entry->place;
      }
    } else if (at->kind == Kind::sequence) {
      for (std::uint32_t i = 0; i < at->size; ++i) {
        const bool is_same = at->items[i] == one.node;
        const bool is_keyed = rule_of(one.rule).index != Index::none &&
                              canonical_key_of(*at->items[i], rule_of(one.rule).index) == one.key;
        const bool is_named = rule_of(one.rule).index == Index::none &&
                              at->items[i]->text == one.key && at->items[i]->kind == Kind::scalar;
        if (is_same || is_keyed || is_named) next = at->items[i];
      }
      if (next != nullptr) place = next->place;
    } else if (rule_of(one.rule).join == Join::build && one.key == "context") {
      next = at;
      place = at->place;
    }
    if (next == nullptr) return std::nullopt;
    at = next;
  }
  return Found{place, is_entry ? assigned(*at) : shown(*at)};
}

bool is_reset(const Layer& layer, const std::vector<Step>& steps) {
  return std::any_of(layer.resets.begin(), layer.resets.end(), [&](const auto& path) {
    if (path.size() > steps.size()) return false;
    return std::equal(path.begin(), path.end(), steps.begin(),
                      [](std::string_view key, const Step& one) { return key == one.key; });
  });
}

/// Whether a later value at the end of these steps replaces an earlier one.
bool is_replacing(const std::vector<Step>& steps) {
  const RuleNode* rule = rules();
  for (const Step& one : steps) {
    rule = step(rule, one.key);
    if (rule_of(rule).join == Join::replace) return true;
  }
  return steps.empty() || steps.back().node->kind == Kind::scalar;
}

}  // namespace

Provenance provenance_of(const Project& project, std::string_view path) {
  const std::vector<Step> steps = steps_of(*project.root, path);
  Provenance out;
  out.path = path;
  const bool is_entry = steps.size() > 1 && steps[steps.size() - 2].node->kind == Kind::sequence &&
                        is_assigned(steps.back().rule);
  const Node& end = steps.empty() ? *project.root : *steps.back().node;
  out.value = is_entry ? assigned(end) : shown(end);
  const bool replaces = is_replacing(steps);
  for (const Layer& layer : project.layers) {
    if (is_reset(layer, steps)) {
      for (Origin& origin : out.chain) origin.is_overridden = true;
    }
    const auto found = found_in(*layer.root, steps);
    if (!found) continue;
    for (Origin& origin : out.chain) origin.is_overridden |= replaces;
    out.chain.push_back({project.store->label(found->place), found->value, false});
  }
  return out;
}

std::vector<Label> uses_of(const Project& project, const std::string& name) {
  std::vector<Label> uses;
  each_scalar(*project.root, [&](const Node& node) {
    if (node.text.find('$') == std::string_view::npos) return;
    for (const VariableUse& use : variables_in(node.text)) {
      if (use.name != name) continue;
      uses.push_back(project.store->label(node.place, {}));
      return;
    }
  });
  return uses;
}

}  // namespace harbor::compose
