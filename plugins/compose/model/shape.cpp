#include "shape.hpp"

#include <algorithm>

#include "scalar.hpp"
#include "short_form.hpp"

namespace harbor::compose {
namespace {

void put(Store& store, Node* map, std::string_view key, Node* value) {
  store.set(map, key, value->place, value);
}

Node* map_of(Store& store, const Port& port, Place place) {
  Node* map = store.node(Kind::mapping, place);
  put(store, map, "mode", store.scalar("ingress", place));
  if (!port.host_ip.empty()) put(store, map, "host_ip", store.string(port.host_ip, place));
  put(store, map, "target", store.scalar(std::to_string(port.target), place));
  if (!port.published.empty()) {
    put(store, map, "published", store.scalar(port.published, place, Style::double_quoted));
  }
  put(store, map, "protocol", store.scalar(port.protocol, place));
  return map;
}

Node* ports_of(Store& store, Node* list) {
  if (list->kind != Kind::sequence) return list;
  std::vector<Node*> items;
  bool is_changed = false;
  for (std::uint32_t i = 0; i < list->size; ++i) {
    Node* item = list->items[i];
    if (item->kind != Kind::scalar) {
      items.push_back(item);
      continue;
    }
    auto ports = parse_ports(value_text(*item));
    // One of them cannot be read yet, for example because of a variable: the list stays as written.
    if (!ports) return list;
    for (const Port& port : *ports) items.push_back(map_of(store, port, item->place));
    is_changed = true;
  }
  if (!is_changed) return list;
  Node* made = store.node(Kind::sequence, list->place);
  store.assign(made, items);
  return made;
}

Node* gpus_of(Store& store, Node* value) {
  // `gpus: all` is short for a list of one request.
  if (value->kind != Kind::scalar || is_null(value)) return value;
  Node* one = store.node(Kind::mapping, value->place);
  put(store, one, "count", value);
  Node* list = store.node(Kind::sequence, value->place);
  store.append(list, one);
  return list;
}

Node* ssh_of(Store& store, Node* value) {
  if (value->kind != Kind::sequence) return value;
  Node* map = store.node(Kind::mapping, value->place);
  for (std::uint32_t i = 0; i < value->size; ++i) {
    Node* item = value->items[i];
    std::size_t equals = item->text.find('=');
    Node* path = equals == std::string_view::npos
                     ? store.scalar("null", item->place)
                     : store.string(item->text.substr(equals + 1), item->place);
    put(store, map, item->text.substr(0, equals), path);
  }
  return map;
}

/// {external: {name: N}} is an old way to write {external: true, name: N}.
Node* external_of(Store& store, Node* value) {
  Node* external = get(value, "external");
  if (external == nullptr || external->kind != Kind::mapping) return value;
  Node* map = store.node(Kind::mapping, value->place);
  for (std::uint32_t i = 0; i < value->size; ++i) {
    const Entry& entry = value->entries[i];
    store.set(map, entry.key, entry.place, entry.value);
  }
  put(store, map, "external", store.scalar("true", external->place));
  if (Node* name = get(external, "name")) put(store, map, "name", name);
  return map;
}

}  // namespace

Node* written_out(Store& store, Node* value, Shape shape) {
  switch (shape) {
    case Shape::ports:
      return ports_of(store, value);
    case Shape::gpus:
      return gpus_of(store, value);
    case Shape::ssh:
      return ssh_of(store, value);
    case Shape::external:
      return external_of(store, value);
    case Shape::none:
      break;
  }
  return value;
}

std::vector<Node*> as_sequence(Store& store, const Node& value) {
  std::vector<Node*> items;
  if (value.kind == Kind::sequence) {
    items.assign(value.items, value.items + value.size);
  } else if (value.kind == Kind::mapping) {
    auto add = [&](const Entry& entry, const Node& held) {
      items.push_back(store.string(std::string(entry.key) + "=" + value_text(held), entry.place));
    };
    for (std::uint32_t i = 0; i < value.size; ++i) {
      const Entry& entry = value.entries[i];
      if (is_null(entry.value)) {
        items.push_back(store.string(entry.key, entry.place));
      } else if (entry.value->kind == Kind::sequence) {
        for (std::uint32_t j = 0; j < entry.value->size; ++j) add(entry, *entry.value->items[j]);
      } else {
        add(entry, *entry.value);
      }
    }
    std::stable_sort(items.begin(), items.end(),
                     [](const Node* a, const Node* b) { return a->text < b->text; });
  } else if (!is_null(&value)) {
    items.push_back(store.string(value_text(value), value.place));
  }
  return items;
}

Node* as_names(Store& store, Node* value, bool is_depends_on) {
  if (value->kind != Kind::sequence) return value->kind == Kind::mapping ? value : nullptr;
  Node* map = store.node(Kind::mapping, value->place);
  for (std::uint32_t i = 0; i < value->size; ++i) {
    Node* item = value->items[i];
    if (item->kind != Kind::scalar) continue;
    Node* held = store.scalar("null", item->place);
    if (is_depends_on) {
      held = store.node(Kind::mapping, item->place);
      put(store, held, "condition", store.scalar("service_started", item->place));
      put(store, held, "required", store.scalar("true", item->place));
    }
    store.set(map, item->text, item->place, held);
  }
  return map;
}

Node* as_build(Store& store, Node* value) {
  if (value->kind != Kind::scalar || is_null(value))
    return value->kind == Kind::mapping ? value : nullptr;
  Node* map = store.node(Kind::mapping, value->place);
  put(store, map, "context", value);
  return map;
}

}  // namespace harbor::compose
