#include "config_template.hpp"

#include "edit.hpp"
#include "scalar.hpp"

namespace harbor::compose {
namespace {

[[noreturn]] void fail(std::string message, std::string hint, std::vector<Label> labels = {}) {
  throw Error(HARBOR_E_INPUT, "compose.template_malformed", std::move(message), std::move(hint),
              std::move(labels));
}

/// Whether a path is absolute and has no part that is empty, "." or "..".
bool is_plain_path(std::string_view path) {
  if (path.size() < 2 || path[0] != '/') return false;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view part = path.substr(0, path.find('/'));
    if (part.empty() || part == "." || part == "..") return false;
    path.remove_prefix(part.size());
  }
  return true;
}

/// Reads the items of `x-harbor-config-templates`.
class TemplateReader {
 public:
  TemplateReader(const Store& store, const std::string& service, const Lookup& lookup)
      : store_(store), service_(service), lookup_(lookup) {}

  ConfigTemplate read(const Node& item) const {
    std::string source, target;
    if (item.kind == Kind::mapping) {
      if (const Node* held = get(&item, "source")) source = value_text(*held);
      if (const Node* held = get(&item, "target")) target = value_text(*held);
    } else if (item.kind == Kind::scalar) {
      const std::size_t colon = item.text.rfind(':');
      source = item.text.substr(0, colon);
      if (colon != std::string_view::npos) target = item.text.substr(colon + 1);
    }
    source = resolved(source, item);
    target = resolved(target, item);
    if (source.empty() || !is_plain_path(target)) malformed(item);
    return {service_, source.rfind("./", 0) == 0 ? source.substr(2) : source, target};
  }

  [[noreturn]] void malformed(const Node& at) const {
    fail("a config template is a source and the file it becomes in the container",
         "write {source: ./config.json, target: /app/config.json}",
         {store_.label(at.place, "here")});
  }

 private:
  std::string resolved(const std::string& text, const Node& at) const {
    if (text.find('$') == std::string::npos) return text;
    auto known = substituted(text, lookup_);
    if (!known) {
      fail("the path '" + text + "' of a config template does not resolve",
           "give the variable a value or a default", {store_.label(at.place, "here")});
    }
    return *known;
  }

  const Store& store_;
  const std::string& service_;
  const Lookup& lookup_;
};

/// In the long form: if the file is missing, the engine says so instead of creating a folder.
Node* mount_of(Store& store, const ConfigTemplate& one, Place place) {
  Node* mount = store.node(Kind::mapping, place);
  store.set(mount, "type", place, store.scalar("bind", place));
  store.set(mount, "source", place, store.string("./" + one.rendered(), place));
  store.set(mount, "target", place, store.string(one.target, place));
  store.set(mount, "read_only", place, store.scalar("true", place));
  Node* bind = store.node(Kind::mapping, place);
  store.set(bind, "create_host_path", place, store.scalar("false", place));
  store.set(mount, "bind", place, bind);
  return mount;
}

}  // namespace

std::vector<ConfigTemplate> apply_config_templates(Project& project, const Lookup& lookup) {
  std::vector<ConfigTemplate> out;
  for (const HarborKey& key : project.harbor) {
    if (key.key != "x-harbor-config-templates" || key.section != "services") continue;
    const TemplateReader reader(*project.store, key.name, lookup);
    if (key.value->kind != Kind::sequence) reader.malformed(*key.value);
    Node* service = editable_service(project, key.name);
    if (service == nullptr) continue;
    Node* volumes = editable_list(project, service, "volumes");
    for (std::uint32_t i = 0; i < key.value->size; ++i) {
      const Node& item = *key.value->items[i];
      out.push_back(reader.read(item));
      project.store->append(volumes, mount_of(*project.store, out.back(), item.place));
    }
  }
  return out;
}

}  // namespace harbor::compose
