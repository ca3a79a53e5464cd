#include "rebase.hpp"

#include <functional>

#include "shape.hpp"
#include "short_form.hpp"

namespace harbor::compose {
namespace {

// Something that Compose fetches, or takes from another service, is not a path.
bool is_remote(std::string_view path) {
  return path.find("://") != std::string_view::npos || path.substr(0, 4) == "git@" ||
         path.substr(0, 11) == "github.com/" || path.substr(0, 8) == "service:";
}

Node* rebased_text(Store& store, Node* value, const std::string& folder) {
  if (value->kind != Kind::scalar || is_null(value)) return value;
  std::string moved = rebased(folder, value->text);
  return moved == value->text ? value : store.string(moved, value->place);
}

Node* copy_of(Store& store, const Node& value) {
  // own() would return the copy that an earlier document of this pass made.
  Node shell = value;
  shell.owner = Owner::nobody;
  return store.own(&shell, Owner::rebase);
}

using Change = std::function<Node*(Node*)>;

Node* with_entry(Store& store, Node* map, std::string_view key, const Change& change) {
  Node* held = get(map, key);
  if (held == nullptr) return map;
  Node* changed = change(held);
  if (changed == held) return map;
  Node* made = copy_of(store, *map);
  store.set(made, key, changed->place, changed);
  return made;
}

Node* with_items(Store& store, Node* list, const Change& change) {
  if (list->kind != Kind::sequence) return list;
  Node* made = copy_of(store, *list);
  for (std::uint32_t i = 0; i < made->size; ++i) made->items[i] = change(made->items[i]);
  return made;
}

Node* bind_of(Store& store, const Mount& mount, const std::string& folder, Place place) {
  Node* map = store.node(Kind::mapping, place);
  auto put = [&](Node* into, const char* key, Node* value) { store.set(into, key, place, value); };
  put(map, "type", store.scalar("bind", place));
  put(map, "source", store.string(rebased(folder, mount.source), place));
  put(map, "target", store.string(clean_path(mount.target), place));
  Node* bind = store.node(Kind::mapping, place);
  std::string_view rest = mount.options;
  while (!rest.empty()) {
    std::string_view option = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), option.size() + 1));
    if (option == "ro") put(map, "read_only", store.scalar("true", place));
    if (option == "z" || option == "Z") put(bind, "selinux", store.string(option, place));
    if (option.find("private") != std::string_view::npos ||
        option.find("shared") != std::string_view::npos ||
        option.find("slave") != std::string_view::npos) {
      put(bind, "propagation", store.string(option, place));
    }
  }
  put(bind, "create_host_path", store.scalar("true", place));
  put(map, "bind", bind);
  return map;
}

Node* rebase_volume(Store& store, Node* item, const std::string& folder) {
  if (item->kind == Kind::mapping) {
    const Node* type = get(item, "type");
    if (type == nullptr || type->text != "bind") return item;
    return with_entry(store, item, "source",
                      [&](Node* source) { return rebased_text(store, source, folder); });
  }
  if (item->kind != Kind::scalar) return item;
  auto mount = parse_mount(item->text);
  return mount && mount->is_bind ? bind_of(store, *mount, folder, item->place) : item;
}

/// A path, a list of paths, or a list of {path: ...}.
Node* rebase_paths(Store& store, Node* value, const std::string& folder) {
  if (value->kind == Kind::scalar) return rebased_text(store, value, folder);
  if (value->kind == Kind::mapping) {
    return with_entry(store, value, "path",
                      [&](Node* path) { return rebased_text(store, path, folder); });
  }
  return with_items(store, value, [&](Node* item) { return rebase_paths(store, item, folder); });
}

Node* rebase_contexts(Store& store, Node* value, const std::string& folder) {
  if (value->kind == Kind::mapping) {
    Node* made = copy_of(store, *value);
    for (std::uint32_t i = 0; i < made->size; ++i) {
      made->entries[i].value = rebased_text(store, made->entries[i].value, folder);
    }
    return made;
  }
  return with_items(store, value, [&](Node* item) {
    std::size_t equals = item->text.find('=');
    if (equals == std::string_view::npos) return item;
    return store.string(std::string(item->text.substr(0, equals + 1)) +
                            rebased(folder, item->text.substr(equals + 1)),
                        item->place);
  });
}

Node* rebase_build(Store& store, Node* value, const std::string& folder) {
  Node* build = as_build(store, value);
  if (build == nullptr) return value;
  build = with_entry(store, build, "context",
                     [&](Node* path) { return rebased_text(store, path, folder); });
  return with_entry(store, build, "additional_contexts",
                    [&](Node* held) { return rebase_contexts(store, held, folder); });
}

Node* rebase_service(Store& store, Node* service, const std::string& folder) {
  if (service->kind != Kind::mapping) return service;
  service = with_entry(store, service, "build",
                       [&](Node* held) { return rebase_build(store, held, folder); });
  for (const char* key : {"env_file", "label_file"}) {
    service = with_entry(store, service, key,
                         [&](Node* held) { return rebase_paths(store, held, folder); });
  }
  service = with_entry(store, service, "volumes", [&](Node* held) {
    return with_items(store, held, [&](Node* item) { return rebase_volume(store, item, folder); });
  });
  return with_entry(store, service, "develop", [&](Node* develop) {
    return with_entry(store, develop, "watch",
                      [&](Node* held) { return rebase_paths(store, held, folder); });
  });
}

Node* rebase_file(Store& store, Node* entry, const std::string& folder) {
  if (entry->kind != Kind::mapping) return entry;
  return with_entry(store, entry, "file",
                    [&](Node* path) { return rebased_text(store, path, folder); });
}

}  // namespace

void rebase_document(Store& store, Node* root, const std::string& folder) {
  if (folder == ".") return;
  for (const char* section : {"services", "secrets", "configs"}) {
    Entry* entry = find(store, root, section);
    if (entry == nullptr || entry->value->kind != Kind::mapping) continue;
    Node* made = copy_of(store, *entry->value);
    const bool is_service = std::string_view(section) == "services";
    for (std::uint32_t i = 0; i < made->size; ++i) {
      Node*& value = made->entries[i].value;
      value = is_service ? rebase_service(store, value, folder) : rebase_file(store, value, folder);
    }
    entry->value = made;
  }
}

std::string rebased(std::string_view folder, std::string_view path) {
  // A path that starts with a variable may be absolute, so it stays.
  if (path.empty() || path[0] == '/' || path[0] == '~' || path[0] == '$' || is_remote(path))
    return std::string(path);
  return clean_path(std::string(folder) + "/" + std::string(path));
}

std::string folder_of(std::string_view path) {
  std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

}  // namespace harbor::compose
