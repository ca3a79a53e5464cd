#include "merge.hpp"

#include <algorithm>
#include <map>

#include "document.hpp"
#include "join.hpp"
#include "rebase.hpp"
#include "scalar.hpp"

namespace harbor::compose {
namespace {

using Resets = std::vector<std::vector<std::string_view>>;

// Far beyond real files: malicious ones end in a failure.
constexpr std::size_t max_chain = 32;

[[noreturn]] void fail(const char* code, std::string message, std::string hint,
                       std::vector<Label> labels) {
  throw Error(HARBOR_E_INPUT, code, std::move(message), std::move(hint), std::move(labels));
}

// By type and value, since one service may be spelt in two ways.
bool is_equal(const Node& a, const Node& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == Kind::scalar) return type_of(a) == type_of(b) && value_text(a) == value_text(b);
  if (a.size != b.size) return false;
  for (std::uint32_t i = 0; i < a.size; ++i) {
    if (a.kind == Kind::sequence) {
      if (!is_equal(*a.items[i], *b.items[i])) return false;
      continue;
    }
    const Node* other = get(&b, a.entries[i].key);
    if (other == nullptr || !is_equal(*a.entries[i].value, *other)) return false;
  }
  return true;
}

std::string text_of(const Node* node) {
  return node == nullptr ? std::string() : value_text(*node);
}

class Merge {
 public:
  Merge(const Tree& tree, Project& project)
      : tree_(tree), store_(*project.store), project_(project) {}

  /// All documents of these files, one on the other, paths relative to `folder`.
  Node* files(const std::vector<std::string>& paths, const std::string& folder,
              std::vector<std::string>& including, Place from) {
    Joiner joiner(store_, ++owners_, true);
    const std::uint32_t owner = owners_;
    Node* all = nullptr;
    for (const std::string& path : paths) {
      const std::uint32_t file = load(path, from);
      for (Document& document : parse(store_, file)) {
        Node* root = store_.own(document.root, ++owners_);
        rebase_document(store_, root, folder);
        extend(root, document.resets, path, folder);
        // What a document resets is removed from what came before it, never from itself.
        if (all != nullptr) joiner.reset(all, document.resets);
        including.push_back(path);
        include(root, folder, including);
        including.pop_back();
        // `harbor why` names the chosen files; what they include counts as theirs.
        if (including.empty()) project_.layers.push_back({file, root, document.resets});
        all = all == nullptr ? store_.own(root, owner) : joiner.join(all, root);
      }
    }
    return all;
  }

 private:
  struct Scope {
    Node* services = nullptr;  // a map that this merge may change
    std::string file;
    std::string folder;
    std::vector<const Resets*> resets;
    bool is_written_out = false;  // the services went through a load of their own
  };
  struct Link {
    std::string file;
    std::string service;
  };

  // Read anew each time: joining changes a document, and its places refer to this source.
  std::uint32_t load(const std::string& path, Place from) {
    auto text = tree_.read(path);
    if (!text) {
      std::vector<Label> labels;
      if (from.line != 0) labels.push_back(store_.label(from, "named here"));
      throw Error(HARBOR_E_NOT_FOUND, "compose.file_missing",
                  "the compose file '" + path + "' is not there",
                  "create it, or remove the reference to it", std::move(labels));
    }
    store_.sources.push_back({path, std::move(*text)});
    return static_cast<std::uint32_t>(store_.sources.size() - 1);
  }

  /// The services of a document as a map that may be changed; nothing without any.
  Node* services_of(Node* root) {
    Entry* entry = find(store_, root, "services");
    if (entry == nullptr) return nullptr;
    if (entry->value->kind != Kind::mapping) {
      fail("compose.bad_services",
           std::string("services is a map of names, this is ") + name_of(entry->value),
           "write each service as NAME: below services:",
           {store_.label(entry->place, name_of(entry->value))});
    }
    entry->value = store_.own(entry->value, ++owners_);
    return entry->value;
  }

  static bool has_extends(const Node* services) {
    for (std::uint32_t i = 0; services != nullptr && i < services->size; ++i) {
      if (get(services->entries[i].value, "extends") != nullptr) return true;
    }
    return false;
  }

  void extend(Node* root, const Resets& resets, const std::string& file,
              const std::string& folder) {
    Entry* entry = find(store_, root, "services");
    if (entry != nullptr && entry->value->kind != Kind::mapping) services_of(root);
    if (entry == nullptr || !has_extends(entry->value)) return;
    Scope scope{services_of(root), file, folder, {&resets}, false};
    for (std::uint32_t i = 0; i < scope.services->size; ++i) {
      std::vector<Link> chain;
      extended(scope, scope.services->entries[i].key, chain);
    }
  }

  /// The service with its bases joined below it, put back into the scope.
  Node* extended(Scope& scope, std::string_view name, std::vector<Link>& chain) {
    Node* service = get(scope.services, name);
    const Entry* entry =
        service == nullptr || service->kind != Kind::mapping ? nullptr : find(*service, "extends");
    if (entry == nullptr) return service;
    const Place place = entry->value->place;
    const bool is_map = entry->value->kind == Kind::mapping;
    const std::string base_name =
        is_map ? text_of(get(entry->value, "service")) : text_of(entry->value);
    const Node* file = get(entry->value, "file");
    if (base_name.empty()) {
      fail("compose.bad_extends", "extends of '" + std::string(name) + "' names no service",
           "write extends: {service: NAME} or extends: {file: FILE, service: NAME}",
           {store_.label(place, "here")});
    }
    check_chain(scope, name, chain, place);
    Node* base = nullptr;
    if (file != nullptr && !is_null(file)) {
      Scope other = scope_of(rebased(scope.folder, file->text), scope.resets, file->place);
      base = base_of(other, base_name, name, chain, place);
      return joined(scope, name, service, base, true);
    }
    base = base_of(scope, base_name, name, chain, place);
    return joined(scope, name, service, base, scope.is_written_out);
  }

  void check_chain(const Scope& scope, std::string_view name, std::vector<Link>& chain,
                   Place place) {
    for (const Link& link : chain) {
      if (link.file == scope.file && link.service == name) {
        std::string way;
        for (const Link& at : chain) way += at.service + " -> ";
        fail("compose.extends_cycle", "extends forms a cycle: " + way + std::string(name),
             "remove one of these extends", {store_.label(place, "closes the cycle")});
      }
    }
    if (chain.size() >= max_chain) {
      fail("compose.extends_cycle", "extends goes through more than 32 services",
           "shorten the chain", {store_.label(place, "here")});
    }
    chain.push_back({scope.file, std::string(name)});
  }

  Node* base_of(Scope& scope, const std::string& base, std::string_view name,
                std::vector<Link>& chain, Place place) {
    if (get(scope.services, base) == nullptr) {
      fail("compose.extends_missing",
           "'" + std::string(name) + "' extends '" + base + "', which is not in " + scope.file,
           "extends sees the services of one file only: name it with file:",
           {store_.label(place, base)});
    }
    Node* held = extended(scope, base, chain);
    // A service may be the base of several others; that is not a cycle.
    chain.pop_back();
    return held;
  }

  /// The services of a file named by extends, its documents joined, its own extends still open.
  Scope scope_of(const std::string& path, std::vector<const Resets*> resets, Place from) {
    const std::uint32_t file = load(path, from);
    Joiner joiner(store_, ++owners_, true);
    const std::uint32_t owner = owners_;
    Node* all = nullptr;
    for (Document& document : parse(store_, file)) {
      Node* root = store_.own(document.root, ++owners_);
      rebase_document(store_, root, folder_of(path));
      if (all != nullptr) joiner.reset(all, document.resets);
      all = all == nullptr ? store_.own(root, owner) : joiner.join(all, root);
      kept_.push_back(std::make_unique<Resets>(std::move(document.resets)));
    }
    if (all != nullptr && !kept_.empty()) resets.push_back(kept_.back().get());
    Node* services = all == nullptr ? nullptr : services_of(all);
    if (services == nullptr) services = store_.node(Kind::mapping, {file, 0, 0});
    return {services, path, folder_of(path), std::move(resets), true};
  }

  Node* joined(Scope& scope, std::string_view name, Node* service, Node* base,
               bool is_written_out) {
    Joiner joiner(store_, ++owners_, is_written_out);
    Node* made = nullptr;
    if (base == nullptr || base->kind != Kind::mapping) {
      made = store_.own(service, owners_);
    } else {
      made = store_.own(base, owners_);
      for (const Resets* resets : scope.resets) made = without(joiner, made, *resets, name);
      made = joiner.join_service(made, service, name);
    }
    erase(made, "extends");
    const Entry* entry = find(*scope.services, name);
    store_.set(scope.services, name, entry->place, made);
    return made;
  }

  Node* without(Joiner& joiner, Node* service, const Resets& resets, std::string_view name) {
    Resets own;
    for (const auto& path : resets) {
      if (path.size() > 2 && path[0] == "services" && path[1] == name) own.push_back(path);
    }
    if (own.empty()) return service;
    Node* services = store_.node(Kind::mapping, service->place);
    store_.set(services, name, service->place, service);
    Node* root = store_.node(Kind::mapping, service->place);
    store_.set(root, "services", service->place, services);
    joiner.reset(root, own);
    return get(get(root, "services"), name);
  }

  void include(Node* root, const std::string& folder, std::vector<std::string>& including) {
    const Entry* entry = find(*root, "include");
    if (entry == nullptr) return;
    const Node* list = entry->value;
    const Place place = entry->place;
    if (!is_null(list) && list->kind != Kind::sequence) {
      fail("compose.bad_include", std::string("include is a list, this is ") + name_of(list),
           "write include: [FILE, ...]", {store_.label(place, name_of(list))});
    }
    for (std::uint32_t i = 0; i < list->size; ++i)
      include_one(root, *list->items[i], folder, including);
    erase(root, "include");
  }

  std::vector<std::string> included_paths(const Node& item, const std::string& folder,
                                          const std::vector<std::string>& including) {
    std::vector<std::string> paths;
    const Node* path = item.kind == Kind::mapping ? get(&item, "path") : &item;
    if (path != nullptr && path->kind == Kind::sequence) {
      for (std::uint32_t i = 0; i < path->size; ++i) paths.push_back(text_of(path->items[i]));
    } else if (path != nullptr && path->kind == Kind::scalar) {
      paths.push_back(text_of(path));
    }
    for (std::string& at : paths) {
      if (at.find("://") != std::string::npos || at.rfind("git@", 0) == 0) {
        fail("compose.remote_include", "'" + at + "' is not a file of this machine",
             "fetch it and include the copy", {store_.label(item.place, "here")});
      }
      at = rebased(folder, at);
      if (std::count(including.begin(), including.end(), at) > 0 || including.size() >= max_chain) {
        fail("compose.include_cycle", "'" + at + "' includes itself", "remove one include",
             {store_.label(item.place, "closes the cycle")});
      }
    }
    if (paths.empty() || paths.front().empty()) {
      fail("compose.bad_include", "an include names no file", "write a file, or {path: FILE}",
           {store_.label(item.place, "here")});
    }
    return paths;
  }

  void include_one(Node* root, const Node& item, const std::string& folder,
                   std::vector<std::string>& including) {
    const std::vector<std::string> paths = included_paths(item, folder, including);
    const Node* named = get(&item, "project_directory");
    const std::string home =
        named != nullptr ? rebased(folder, named->text) : folder_of(paths.front());
    if (const Node* env = get(&item, "env_file")) {
      project_.warnings.push_back(
          {"compose.include_env_file",
           "the env_file of an include is not read: its variables come from the project",
           "move them to an env source of the project",
           {store_.label(env->place, "here")},
           false});
    }
    Node* imported = files(paths, home, including, item.place);
    if (imported == nullptr) return;
    for (const char* section :
         {"services", "volumes", "networks", "secrets", "configs", "models"}) {
      import(root, imported, section);
    }
  }

  void import(Node* root, const Node* imported, const char* section) {
    const Node* from = get(imported, section);
    if (from == nullptr || from->kind != Kind::mapping) return;
    const Entry* entry = find(*root, section);
    Node* to = entry == nullptr || entry->value->kind != Kind::mapping
                   ? store_.node(Kind::mapping, from->place)
                   : entry->value;
    to = store_.own(to, ++owners_);
    for (std::uint32_t i = 0; i < from->size; ++i) {
      const Entry& one = from->entries[i];
      if (const Entry* there = find(*to, one.key)) {
        // Two files may both include a third: the same thing twice is not a conflict.
        if (is_equal(*there->value, *one.value)) continue;
        fail("compose.include_conflict",
             std::string(section) + "." + std::string(one.key) +
                 " is in the included file and here, and differs",
             "change an included service in a later file of the selection, not beside the include",
             {store_.label(there->place, "here"), store_.label(one.place, "included")});
      }
      store_.set(to, one.key, one.place, one.value);
    }
    store_.set(root, section, from->place, to);
  }

  const Tree& tree_;
  Store& store_;
  Project& project_;
  std::uint32_t owners_ = 0;
  std::vector<std::unique_ptr<Resets>> kept_;
};

bool is_harbor_key(std::string_view key) { return key.substr(0, 9) == "x-harbor-"; }

bool has_harbor_key(const Node& map) {
  return std::any_of(map.entries, map.entries + map.size,
                     [](const Entry& entry) { return is_harbor_key(entry.key); });
}

/// A copy without Harbor's keys, which go to `out`.
Node* stripped(Store& store, Node* map, const char* section, std::string_view name,
               std::vector<HarborKey>& out) {
  // Hardly any map has such a key, and there are hundreds of them: only those are copied.
  if (map->kind != Kind::mapping || !has_harbor_key(*map)) return map;
  std::vector<Entry> kept;
  for (std::uint32_t i = 0; i < map->size; ++i) {
    const Entry& entry = map->entries[i];
    if (is_harbor_key(entry.key)) {
      out.push_back({section, std::string(name), std::string(entry.key), entry.place, entry.value});
    } else {
      kept.push_back(entry);
    }
  }
  Node* made = store.own(map, Owner::strip);
  store.assign(made, kept);
  return made;
}

void take_harbor_keys(Project& project) {
  Store& store = *project.store;
  project.root = stripped(store, project.root, "", "", project.harbor);
  for (const char* section : {"services", "networks", "volumes", "configs", "secrets"}) {
    Node* held = get(project.root, section);
    if (held == nullptr || held->kind != Kind::mapping) continue;
    bool is_needed = false;
    for (std::uint32_t i = 0; i < held->size; ++i) {
      const Node* value = held->entries[i].value;
      is_needed |= value->kind == Kind::mapping && has_harbor_key(*value);
    }
    if (!is_needed) continue;
    held = store.own(held, Owner::strip);
    for (std::uint32_t i = 0; i < held->size; ++i) {
      Entry& entry = held->entries[i];
      entry.value = stripped(store, entry.value, section, entry.key, project.harbor);
    }
    project.root = store.own(project.root, Owner::strip);
    store.set(project.root, section, held->place, held);
  }
}

}  // namespace

Project merge(const Tree& tree, const std::vector<std::string>& files) {
  Project project;
  project.store = std::make_shared<Store>();
  project.store->sources.reserve(files.size());
  std::vector<std::string> including;
  project.root = Merge(tree, project).files(files, ".", including, {});
  if (project.root == nullptr) {
    fail("compose.no_documents", "none of the compose files holds a document",
         "start one with services:", {});
  }
  erase(project.root, "version");  // obsolete: Compose drops it as well
  take_harbor_keys(project);
  return project;
}

std::vector<std::string> service_names(const Project& project) {
  std::vector<std::string> names;
  const Node* services = get(project.root, "services");
  for (std::uint32_t i = 0; services != nullptr && i < services->size; ++i) {
    names.emplace_back(services->entries[i].key);
  }
  return names;
}

}  // namespace harbor::compose
