#include "join.hpp"

#include <algorithm>

#include "scalar.hpp"
#include "shape.hpp"
#include "unicity.hpp"

namespace harbor::compose {

Node* Joiner::join_service(Node* base, Node* over, std::string_view name) {
  // Rules go by the path in a document, and the path of every service is the same to them.
  const Path services{nullptr, "services"};
  return join(base, over, step(step(rules(), "services"), "x"), Path{&services, name});
}

Node* Joiner::join(Node* base, Node* over, const RuleNode* rule, const Path& path) {
  const Rule& at = rule_of(rule);
  switch (at.join) {
    case Join::replace:
      return over;
    case Join::sequence:
    case Join::extra_hosts:
      return join_sequences(*base, *over, at);
    case Join::build:
    case Join::depends_on:
    case Join::names:
      return join_named(base, over, rule, path);
    case Join::logging:
      return join_logging(base, over, rule, path);
    case Join::ipam:
      return join_ipam(base, over, rule, path);
    case Join::deep:
      break;
  }
  // As in Compose: an empty value in a later file changes nothing.
  if (is_null(over)) return base;
  if (writes_out_) base = written_out(store_, base, at.shape);
  if (base->kind == Kind::scalar) return over;
  if (base->kind != over->kind) conflict(base, over, path);
  return base->kind == Kind::mapping ? join_maps(base, over, rule, path)
                                     : join_lists(base, over, at);
}

Node* Joiner::join_maps(Node* base, Node* over, const RuleNode* rule, const Path& path) {
  base = store_.own(base, owner_);
  for (std::uint32_t i = 0; i < over->size; ++i) {
    const Entry& entry = over->entries[i];
    Entry* held = find(store_, base, entry.key);
    if (held == nullptr) {
      store_.set(base, entry.key, entry.place, entry.value);
      continue;
    }
    // Joining may not move `held`: only maps below it grow.
    held->value = join(held->value, entry.value, step(rule, entry.key), Path{&path, entry.key});
    held->place = entry.place;
  }
  return base;
}

/// Short forms of both sides become maps first. Compose itself crashes if the base is empty here.
Node* Joiner::join_named(Node* base, Node* over, const RuleNode* rule, const Path& path) {
  const Join kind = rule_of(rule).join;
  auto form = [&](Node* value) {
    return kind == Join::build ? as_build(store_, value)
                               : as_names(store_, value, kind == Join::depends_on);
  };
  Node* to = form(base);
  Node* from = form(over);
  if (from == nullptr && !is_null(over)) conflict(base, over, path);
  if (to == nullptr && !is_null(base)) conflict(base, over, path);
  if (from == nullptr) return to == nullptr ? base : to;
  return to == nullptr ? from : join_maps(to, from, rule, path);
}

Node* Joiner::join_logging(Node* base, Node* over, const RuleNode* rule, const Path& path) {
  if (is_null(over)) return base;
  if (is_null(base)) return over;
  if (base->kind != Kind::mapping || over->kind != Kind::mapping) conflict(base, over, path);
  const Node* before = get(base, "driver");
  const Node* after = get(over, "driver");
  // Options belong to their driver and mean nothing to another driver.
  if (before != nullptr && after != nullptr && value_text(*before) != value_text(*after))
    return over;
  return join_maps(base, over, rule, path);
}

/// Compose compares every pool of one side with every pool of the other and changes the earlier
/// ones on the way, so that pools that only the earlier file names are lost, and one may take over
/// another's subnet. Reproduced here, step by step.
Node* Joiner::join_ipam(Node* base, Node* over, const RuleNode* rule, const Path& path) {
  if (base->kind != Kind::sequence || over->kind != Kind::sequence) conflict(base, over, path);
  auto subnet = [](const Node* pool) {
    const Node* held = get(pool, "subnet");
    return held == nullptr ? std::string("\x01") : value_text(*held);
  };
  std::vector<Node*> pools;
  auto at = [&](const std::string& wanted) {
    return std::find_if(pools.begin(), pools.end(),
                        [&](const Node* pool) { return subnet(pool) == wanted; });
  };
  for (std::uint32_t i = 0; i < base->size; ++i) {
    if (base->items[i]->kind != Kind::mapping) conflict(base->items[i], over, path);
    Node* right = store_.own(base->items[i], owner_);
    for (std::uint32_t j = 0; j < over->size; ++j) {
      Node* left = over->items[j];
      if (left->kind != Kind::mapping) conflict(right, left, path);
      if (subnet(left) != subnet(right) && at(subnet(left)) == pools.end()) {
        pools.push_back(left);
        continue;
      }
      right = join_maps(right, left, rule, path);
      if (auto same = at(subnet(right)); same != pools.end()) {
        *same = right;
      } else {
        pools.push_back(right);
      }
    }
  }
  return list_of(pools, over->place);
}

Node* Joiner::list_of(const std::vector<Node*>& items, Place place) {
  Node* list = store_.node(Kind::sequence, place);
  list->owner = owner_;
  store_.assign(list, items);
  return list;
}

Node* Joiner::join_lists(Node* base, Node* over, const Rule& rule) {
  if (rule.index == Index::none) {
    base = store_.own(base, owner_);
    for (std::uint32_t i = 0; i < over->size; ++i) store_.append(base, over->items[i]);
    return base;
  }
  std::vector<Node*> items(base->items, base->items + base->size);
  items.insert(items.end(), over->items, over->items + over->size);
  Node* list = list_of(unique(items, writes_out_ ? base->size : 0, rule.index), over->place);
  if (rule.shape == Shape::none || !writes_out_) return list;
  Node* written = written_out(store_, list, rule.shape);
  if (written == list) return list;
  // Once more: different short forms may have the same long form.
  items.assign(written->items, written->items + written->size);
  return list_of(unique(items, 0, rule.index), over->place);
}

Node* Joiner::join_sequences(const Node& base, const Node& over, const Rule& rule) {
  std::vector<Node*> items = as_sequence(store_, base);
  const std::size_t count = items.size();
  for (Node* item : as_sequence(store_, over)) {
    // Compared with the earlier file only: a single file may well name a host twice.
    const bool is_known =
        rule.join == Join::extra_hosts &&
        std::any_of(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(count),
                    [&](const Node* held) { return held->text == item->text; });
    if (!is_known) items.push_back(item);
  }
  return list_of(unique(items, count, rule.index), is_null(&over) ? base.place : over.place);
}

/// The value as the map that Compose has at this point, changeable; nothing if it is not a map.
Node* Joiner::step_into(Node* value, const RuleNode* rule) {
  const Rule& at = rule_of(rule);
  if (at.join == Join::build) value = as_build(store_, value);
  if (at.join == Join::depends_on || at.join == Join::names)
    value = as_names(store_, value, at.join == Join::depends_on);
  if (value != nullptr && writes_out_) value = written_out(store_, value, at.shape);
  return value == nullptr || value->kind != Kind::mapping ? nullptr : store_.own(value, owner_);
}

void Joiner::reset(Node* base, const std::vector<std::vector<std::string_view>>& paths) {
  for (const auto& path : paths) {
    Node* at = base;
    const RuleNode* rule = rules();
    for (std::size_t i = 0; at != nullptr && i < path.size(); ++i) {
      Entry* entry = find(store_, at, path[i]);
      if (entry == nullptr) break;
      if (i + 1 == path.size()) {
        erase(at, path[i]);
        break;
      }
      rule = step(rule, path[i]);
      Node* next = step_into(entry->value, rule);
      if (next != nullptr) entry->value = next;
      at = next;
    }
  }
}

void Joiner::conflict(const Node* base, const Node* over, const Path& path) const {
  std::vector<std::string_view> keys;
  for (const Path* at = &path; at != nullptr; at = at->up) {
    if (!at->key.empty()) keys.push_back(at->key);
  }
  std::string name;
  for (auto key = keys.rbegin(); key != keys.rend(); ++key)
    name.append(name.empty() ? "" : ".").append(*key);
  throw Error(HARBOR_E_INPUT, "compose.merge_conflict",
              (name.empty() ? std::string("the document") : name) + " is " + name_of(over) +
                  " here and " + name_of(base) + " there",
              "write both in the same form, or put !override before the later one",
              {store_.label(over->place, name_of(over)), store_.label(base->place, name_of(base))});
}

}  // namespace harbor::compose
