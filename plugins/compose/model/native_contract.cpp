#include "native_contract.hpp"

#include "scalar.hpp"
#include "suggestion.hpp"

namespace harbor::compose {
namespace {

constexpr const char* port_marks[] = {"{{.native_port}}", "{{NATIVE_PORT}}", "{{ .native_port }}",
                                      "{{ NATIVE_PORT }}"};

[[noreturn]] void fail(const char* code, std::string message, std::string hint,
                       std::vector<Label> labels = {}) {
  throw Error(HARBOR_E_INPUT, code, std::move(message), std::move(hint), std::move(labels));
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
    // First, since every other field may refer to it.
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
      const std::string near = suggestion::did_you_mean(key, known);
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
    if (!port.empty()) text = with_native_port(std::move(text), port);
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
    // At the top level, it applies to the service whose native file it is in.
    const std::string& file = project.store->sources[key.place.file].path;
    if (key.section.empty() && file.substr(file.rfind('/') + 1) == name + "_native.yml")
      at_top = &key;
  }
  return at_top;
}

}  // namespace

std::string with_native_port(std::string text, const std::string& port) {
  for (const char* mark : port_marks) {
    const std::string word = mark;
    for (std::size_t at = text.find(word); at != std::string::npos;
         at = text.find(word, at + port.size())) {
      text.replace(at, word.size(), port);
    }
  }
  return text;
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

}  // namespace harbor::compose
