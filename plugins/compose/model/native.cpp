#include "native.hpp"

#include <algorithm>

#include "conflict.hpp"
#include "edit.hpp"
#include "scalar.hpp"
#include "suggest.hpp"

namespace harbor::compose {
namespace {

constexpr const char* port_marks[] = {"{{.native_port}}", "{{NATIVE_PORT}}", "{{ .native_port }}",
                                      "{{ NATIVE_PORT }}"};

[[noreturn]] void fail(const char* code, std::string message, std::string hint,
                       std::vector<Label> labels = {}) {
  throw Error(HARBOR_E_INPUT, code, std::move(message), std::move(hint), std::move(labels));
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string with_port(std::string text, const std::string& port) {
  for (const char* mark : port_marks) {
    const std::string word = mark;
    for (std::size_t at = text.find(word); at != std::string::npos;
         at = text.find(word, at + port.size())) {
      text.replace(at, word.size(), port);
    }
  }
  return text;
}

/// Reads one contract; every message names the key it is about.
class ContractReader {
 public:
  ContractReader(const Project& project, const HarborKey& key, const Lookup& lookup)
      : store_(*project.store), key_(key), lookup_(lookup) {}

  NativeContract read(const std::string& service) {
    if (key_.value->kind != Kind::mapping) malformed("x-harbor-native", "a map", *key_.value);
    NativeContract out;
    out.service = service;
    out.place = key_.place;
    if (const Node* port = get(key_.value, "port")) out.port = resolved(*port, "port", "");
    for (std::uint32_t i = 0; i < key_.value->size; ++i) read_field(key_.value->entries[i], out);
    if (out.executable.empty()) {
      fail("compose.native_malformed", "the contract of '" + service + "' names no executable",
           "add executable: to x-harbor-native", {store_.label(key_.place, "x-harbor-native")});
    }
    return out;
  }

 private:
  void read_field(const Entry& entry, NativeContract& out) {
    const std::string_view key = entry.key;
    const Node& value = *entry.value;
    if (key == "executable") {
      out.executable = text(value, "executable", out.port);
    } else if (key == "daemon_args") {
      out.daemon_args = texts(value, "daemon_args", out.port);
    } else if (key == "env_vars") {
      out.env_vars = texts(value, "env_vars", out.port);
    } else if (key == "requires_gpu_passthrough") {
      if (type_of(value) != Type::boolean)
        malformed("requires_gpu_passthrough", "true or false", value);
      out.requires_gpu_passthrough = value_text(value) == "true";
    } else if (key == "env_overrides") {
      if (value.kind != Kind::mapping) malformed("env_overrides", "a map", value);
      for (std::uint32_t i = 0; i < value.size; ++i) {
        out.env_overrides.emplace_back(
            value.entries[i].key, text(*value.entries[i].value, value.entries[i].key, out.port));
      }
    } else if (key != "port" && key.substr(0, 2) != "x-") {
      const std::vector<std::string> known = {"executable", "daemon_args",
                                              "port",       "requires_gpu_passthrough",
                                              "env_vars",   "env_overrides"};
      const std::string near = did_you_mean(suggest(key, known));
      fail("compose.native_malformed", "x-harbor-native has no field '" + std::string(key) + "'",
           near.empty() ? "known are executable, daemon_args, port, requires_gpu_passthrough, "
                          "env_vars, env_overrides"
                        : near,
           {store_.label(entry.place, "this field")});
    }
  }

  [[noreturn]] void malformed(std::string_view field, const char* wanted, const Node& at) const {
    fail("compose.native_malformed",
         std::string(field) + " of a native contract is " + wanted + ", this is " + name_of(&at),
         "see x-harbor-native", {store_.label(at.place, name_of(&at))});
  }

  std::string text(const Node& value, std::string_view field, const std::string& port) const {
    if (value.kind != Kind::scalar || is_null(&value)) malformed(field, "a value", value);
    return resolved(value, field, port);
  }

  std::vector<std::string> texts(const Node& value, std::string_view field,
                                 const std::string& port) const {
    if (value.kind != Kind::sequence) malformed(field, "a list", value);
    std::vector<std::string> out;
    for (std::uint32_t i = 0; i < value.size; ++i)
      out.push_back(text(*value.items[i], field, port));
    return out;
  }

  std::string resolved(const Node& value, std::string_view field, const std::string& port) const {
    std::string text = value_text(value);
    if (!port.empty()) text = with_port(std::move(text), port);
    auto known = substituted(text, lookup_);
    if (!known || known->find("{{") != std::string::npos) {
      fail("compose.native_placeholder",
           "the placeholder in " + std::string(field) + ": '" + text + "' does not resolve",
           "give the variable a value or a default; the contract's port: stands for "
           "{{.native_port}}",
           {store_.label(value.place, std::string(field))});
    }
    return *known;
  }

  const Store& store_;
  const HarborKey& key_;
  const Lookup& lookup_;
};

const HarborKey* contract_of(const Project& project, const std::string& name) {
  const HarborKey* at_top = nullptr;
  for (const HarborKey& key : project.harbor) {
    if (key.key != "x-harbor-native") continue;
    if (key.section == "services" && key.name == name) return &key;
    // At the top level it speaks of the service whose native file it stands in.
    const std::string& file = project.store->sources[key.place.file].path;
    if (key.section.empty() && file.substr(file.rfind('/') + 1) == name + "_native.yml")
      at_top = &key;
  }
  return at_top;
}

void replace_ports(Project& project, Node*& value, const NativeContract& contract) {
  Store& store = *project.store;
  if (value->kind == Kind::scalar) {
    std::string text = with_port(std::string(value->text), contract.port);
    if (text == value->text) return;
    if (contract.port.empty()) {
      fail("compose.native_placeholder",
           "'" + contract.service + "' uses the native port, and its contract has none",
           "add port: to x-harbor-native",
           {store.label(value->place, "used here"), store.label(contract.place, "the contract")});
    }
    value = store.string(text, value->place);
    return;
  }
  Node* made = store.node(value->kind, value->place);
  for (std::uint32_t i = 0; i < value->size; ++i) {
    Node* held = value->kind == Kind::mapping ? value->entries[i].value : value->items[i];
    replace_ports(project, held, contract);
    if (value->kind == Kind::mapping) {
      store.set(made, value->entries[i].key, value->entries[i].place, held);
    } else {
      store.append(made, held);
    }
  }
  value = made;
}

void drop_devices(Project& project, Node* service) {
  erase(service, "gpus");
  erase(service, "runtime");
  Node* deploy = editable_map(project, service, "deploy");
  Node* resources = deploy == nullptr ? nullptr : editable_map(project, deploy, "resources");
  Node* reserved =
      resources == nullptr ? nullptr : editable_map(project, resources, "reservations");
  if (reserved == nullptr) return;
  erase(reserved, "devices");
  if (reserved->size == 0) erase(resources, "reservations");
  if (resources->size == 0) erase(deploy, "resources");
  if (deploy->size == 0) erase(service, "deploy");
}

void add_host(Project& project, Node* service) {
  Node* hosts = editable_list(project, service, "extra_hosts");
  for (std::uint32_t i = 0; i < hosts->size; ++i) {
    if (hosts->items[i]->text.substr(0, 20) == "host.docker.internal") return;
  }
  project.store->append(hosts,
                        project.store->string("host.docker.internal:host-gateway", hosts->place));
}

/// Whether a path leads somewhere from the root, without any part that is empty, "." or "..".
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
    fail("compose.template_malformed",
         "a config template is a source and the file it becomes in the container",
         "write {source: ./config.json, target: /app/config.json}",
         {store_.label(at.place, "here")});
  }

 private:
  std::string resolved(const std::string& text, const Node& at) const {
    if (text.find('$') == std::string::npos) return text;
    auto known = substituted(text, lookup_);
    if (!known) {
      fail("compose.template_malformed",
           "the path '" + text + "' of a config template does not resolve",
           "give the variable a value or a default", {store_.label(at.place, "here")});
    }
    return *known;
  }

  const Store& store_;
  const std::string& service_;
  const Lookup& lookup_;
};

/// In the long form: should the file not be there, the engine says so instead of making a folder.
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

/// Where a service's contract and proxy are, in one of some folders.
std::string native_file(const std::string& name) { return name + "/" + name + "_native.yml"; }

}  // namespace

std::vector<std::string> excluded_names(const std::vector<std::string>& given) {
  std::vector<std::string> names;
  for (const std::string& text : given) {
    for (std::size_t from = 0; from <= text.size();) {
      std::size_t to = std::min(text.find(',', from), text.size());
      std::string name = text.substr(from, to - from);
      from = to + 1;
      if (!name.empty() && !has(names, name)) names.push_back(std::move(name));
    }
  }
  return names;
}

void add_native_files(const Tree& tree, Selection& selection, const SelectionRequest& request) {
  for (const std::string& name : request.exclude) {
    bool is_known = false,
         is_referenced = has(request.services, name) || has(request.services, "*");
    std::vector<std::string> tokens;
    for (const FileReason& reason : selection.reasons) {
      tokens.insert(tokens.end(), reason.tokens.begin(), reason.tokens.end());
      is_known |= has(reason.tokens, name);
      is_referenced |= reason.chosen && has(reason.tokens, name);
    }
    const std::string file = native_file(name);
    std::string found;
    for (const std::string& path : {file, "services/" + file, "stacks/" + file}) {
      if (found.empty() && tree.is_file(path)) found = path;
    }
    if (!is_known && found.empty()) {
      std::sort(tokens.begin(), tokens.end());
      tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
      fail("compose.native_unknown", "there is no service '" + name + "' to run natively",
           did_you_mean(suggest(name, tokens)));
    }
    if (!is_referenced) {
      fail("compose.native_unreferenced",
           "'" + name + "' is to run natively, but nothing that is selected uses it",
           "select '" + name + "' or a service that it is linked with");
    }
    if (found.empty()) continue;
    selection.files.push_back(found);
    selection.reasons.push_back(
        {found, true, false, "native", {name}, {name}, {}, name + " runs natively"});
  }
}

std::vector<std::string> stand_ins(const std::vector<std::string>& names,
                                   const std::vector<std::string>& files,
                                   std::vector<Warning>& warnings) {
  std::vector<std::string> out;
  for (const std::string& name : names) {
    const std::string wanted = native_file(name);
    const bool is_there = std::any_of(files.begin(), files.end(), [&](const std::string& file) {
      return file == wanted || file.ends_with("/" + wanted);
    });
    if (is_there)
      out.push_back(name);
    else
      warnings.push_back({"compose.native_no_contract",
                          "'" + name +
                              "' is left out, and nothing stands in for it: it has no "
                              "native contract",
                          "write x-harbor-native into " + wanted + " or stacks/" + wanted,
                          {},
                          true});
  }
  return out;
}

std::vector<NativeContract> native_contracts(const Project& project,
                                             const std::vector<std::string>& names,
                                             const Lookup& lookup) {
  std::vector<NativeContract> out;
  for (const std::string& name : names) {
    const HarborKey* key = contract_of(project, name);
    if (key == nullptr) {
      fail("compose.native_no_contract", "'" + name + "' has no native contract",
           "add x-harbor-native to its native file, under the service or at the top level");
    }
    out.push_back(ContractReader(project, *key, lookup).read(name));
  }
  return out;
}

void apply_native(Project& project, const std::vector<NativeContract>& contracts) {
  for (const NativeContract& contract : contracts) {
    Node* service = editable_service(project, contract.service);
    if (service == nullptr) continue;
    for (std::uint32_t i = 0; i < service->size; ++i)
      replace_ports(project, service->entries[i].value, contract);
    drop_devices(project, service);
    add_host(project, service);
  }
}

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

std::vector<Warning> apply_shared_volumes(Project& project, const Lookup& lookup) {
  std::vector<Warning> out;
  for (const HarborKey& key : project.harbor) {
    if (key.key != "x-harbor-shared-volumes" || key.section != "services") continue;
    Node* service = editable_service(project, key.name);
    if (service == nullptr || key.value->kind != Kind::sequence) continue;
    Node* volumes = editable_list(project, service, "volumes");
    for (std::uint32_t i = 0; i < key.value->size; ++i) {
      Node* item = key.value->items[i];
      std::string missing;
      each_scalar(*item, [&](const Node& scalar) {
        for (const VariableUse& use : variables_in(scalar.text)) {
          const auto value = lookup(use.name);
          if (!value || value->empty()) missing = use.name;
        }
      });
      if (missing.empty()) {
        project.store->append(volumes, item);
        continue;
      }
      out.push_back(
          {"compose.shared_volume_skipped",
           "a shared volume of '" + key.name + "' is left out: " + missing + " has no value",
           "set " + missing + " to mount it",
           {project.store->label(item->place, missing)},
           false});
    }
    if (volumes->size == 0) erase(service, "volumes");
  }
  return out;
}

}  // namespace harbor::compose
