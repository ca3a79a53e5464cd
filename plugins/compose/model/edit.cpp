#include "edit.hpp"

#include "shape.hpp"

namespace harbor::compose {

Node* editable_map(Project& project, Node* map, std::string_view key) {
  Entry* entry = find(*project.store, map, key);
  if (entry == nullptr || entry->value->kind != Kind::mapping) return nullptr;
  entry->value = project.store->own(entry->value, Owner::edit);
  return entry->value;
}

Node* editable_service(Project& project, std::string_view name) {
  project.root = project.store->own(project.root, Owner::edit);
  Node* services = editable_map(project, project.root, "services");
  return services == nullptr ? nullptr : editable_map(project, services, name);
}

Node* editable_list(Project& project, Node* map, std::string_view key) {
  Store& store = *project.store;
  const Node* held = get(map, key);
  Node* list = store.node(Kind::sequence, held == nullptr ? map->place : held->place);
  if (held != nullptr) store.assign(list, as_sequence(store, *held));
  store.set(map, key, list->place, list);
  return list;
}

}  // namespace harbor::compose
