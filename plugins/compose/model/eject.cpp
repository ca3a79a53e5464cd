#include "eject.hpp"

#include <map>

#include "conflict.hpp"
#include "edit.hpp"
#include "rebase.hpp"
#include "scalar.hpp"
#include "writer.hpp"

namespace harbor::compose {
namespace {

/// "/home/me/stack/data:/data" below "/home/me/stack" -> "./data:/data".
std::string relative(std::string_view text, const std::string& folder) {
  if (folder.empty() || folder == "/" || text.substr(0, folder.size()) != folder)
    return std::string(text);
  std::string_view rest = text.substr(folder.size());
  if (rest.empty()) return ".";
  if (rest[0] == ':') return std::string(".").append(rest);
  return rest[0] == '/' ? std::string(".").append(rest) : std::string(text);
}

class Ejecting {
 public:
  Ejecting(const Project& project, std::string folder)
      : project_(project), folder_(std::move(folder)) {
    while (folder_.size() > 1 && folder_.back() == '/') folder_.pop_back();
  }

  Node* copy(const Node& node) {
    Store& store = *project_.store;
    if (node.kind == Kind::scalar) return copy_scalar(node);
    Node* made = store.node(node.kind, node.place);
    for (std::uint32_t i = 0; i < node.size; ++i) {
      if (node.kind == Kind::sequence) {
        store.append(made, copy(*node.items[i]));
      } else if (node.entries[i].key.substr(0, 9) != "x-harbor-") {
        const Entry& entry = node.entries[i];
        store.set(made, entry.key, entry.place, copy(*entry.value));
      }
    }
    return made;
  }

  std::vector<Warning> warnings;

 private:
  Node* copy_scalar(const Node& node) {
    Store& store = *project_.store;
    const std::string text = relative(node.text, folder_);
    Node* made = store.node(Kind::scalar, node.place);
    *made = node;
    made->owner = Owner::nobody;
    if (text != node.text) return store.string(text, node.place);
    // A home folder is the surest sign of a path that exists on one machine only.
    for (const char* home : {"/home/", "/root/", "/Users/"}) {
      if (text.rfind(home, 0) != 0) continue;
      warnings.push_back({"compose.absolute_path",
                          "'" + text + "' is a folder of this machine",
                          "put a variable in its place",
                          {project_.store->label(node.place, "here")},
                          false});
    }
    return made;
  }

  const Project& project_;
  std::string folder_;
};

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// Rewrites a text for envsubst so that Compose gives the same result: a name without a value
/// becomes empty, and every other dollar sign stays.
std::string for_compose(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t dollar = std::min(text.find('$'), text.size());
    out += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.empty()) break;
    const bool has_brace = text.substr(0, 2) == "${";
    const std::size_t from = has_brace ? 2 : 1;
    std::size_t to = from;
    while (to < text.size() &&
           (is_name_start(text[to]) || (to > from && text[to] >= '0' && text[to] <= '9')))
      ++to;
    const bool is_use = to > from && (!has_brace || (to < text.size() && text[to] == '}'));
    if (is_use)
      out.append("${").append(text.substr(from, to - from)).append(":-}");
    else
      out += "$$";
    text.remove_prefix(is_use ? to + (has_brace ? 1 : 0) : 1);
  }
  return out;
}

// The text is now in the compose file, and the mount would hide it.
void drop_mount(Node* volumes, const ConfigTemplate& one) {
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < volumes->size; ++i) {
    const Node* source = get(volumes->items[i], "source");
    if (source != nullptr && source->text == "./" + one.rendered()) continue;
    volumes->items[kept++] = volumes->items[i];
  }
  volumes->size = kept;
}

Node* top_configs(Project& project) {
  if (Node* held = editable_map(project, project.root, "configs")) return held;
  Node* made = project.store->node(Kind::mapping, {});
  project.store->set(project.root, "configs", {}, made);
  return made;
}

}  // namespace

void inline_templates(Project& project, const Tree& tree,
                      const std::vector<ConfigTemplate>& templates) {
  Store& store = *project.store;
  for (const ConfigTemplate& one : templates) {
    const auto text = tree.read(one.source);
    if (!text) {
      throw Error(HARBOR_E_NOT_FOUND, "compose.file_missing",
                  "the config template '" + one.source + "' of '" + one.service + "' is not there",
                  "correct its path, which is relative to the project folder");
    }
    Node* service = editable_service(project, one.service);
    if (service == nullptr) continue;
    Node* volumes = editable_list(project, service, "volumes");
    drop_mount(volumes, one);
    if (volumes->size == 0) erase(service, "volumes");

    std::string name = one.service + one.target;
    for (char& c : name)
      if (!is_name_start(c) && (c < '0' || c > '9') && c != '.') c = '-';
    const std::string_view key = store.copy(name);
    Node* use = store.node(Kind::mapping, {});
    store.set(use, "source", {}, store.string(key, {}));
    store.set(use, "target", {}, store.string(one.target, {}));
    store.append(editable_list(project, service, "configs"), use);
    Node* config = store.node(Kind::mapping, {});
    store.set(config, "content", {},
              store.scalar(store.copy(for_compose(*text)), {}, Style::literal));
    store.set(top_configs(project), key, {}, config);
  }
}

Ejected eject(const Project& project, const std::string& folder, const std::string& from) {
  Ejecting ejecting(project, folder);
  Node* root = ejecting.copy(*project.root);
  rebase_document(*project.store, root, from);
  Ejected out;
  out.yaml = to_yaml(*root);
  out.warnings = std::move(ejecting.warnings);
  std::map<std::string, bool> names;
  each_scalar(*root, [&](const Node& node) {
    if (node.text.find('$') == std::string_view::npos) return;
    for (const VariableUse& use : variables_in(node.text)) {
      const bool has_default = !use.mark.empty() && use.mark.back() != '?';
      auto [at, is_new] = names.emplace(use.name, has_default);
      if (!is_new) at->second &= has_default;
    }
  });
  for (const auto& [name, has_default] : names) out.variables.push_back({name, has_default});
  return out;
}

std::string env_of(const Ejected& ejected, const Lookup& lookup,
                   const std::function<bool(const std::string&)>& is_secret) {
  std::string out;
  auto quoted = [](const std::string& value) {
    // In single quotes, a value stays the same for both Compose and a shell.
    if (value.find_first_of(" \t\n\"'#$\\`;&|<>()") == std::string::npos) return value;
    std::string text = "'";
    for (char c : value) text += c == '\'' ? std::string("\\'") : std::string(1, c);
    return text + "'";
  };
  for (const EjectedVariable& variable : ejected.variables) {
    if (is_secret(variable.name)) {
      out += "# a secret: fill in\n" + variable.name + "=\n";
      continue;
    }
    const auto value = lookup(variable.name);
    if (value) {
      out += variable.name + "=" + quoted(*value) + "\n";
    } else if (!variable.has_default) {
      out += "# no value here\n" + variable.name + "=\n";
    }
  }
  return out;
}

}  // namespace harbor::compose
