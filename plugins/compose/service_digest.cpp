#include "service_digest.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "canonical.hpp"
#include "dockerfile.hpp"
#include "on_change.hpp"
#include "scalar.hpp"
#include "short_form.hpp"

namespace harbor::compose {
namespace {

// People read labels too; 64 bits are enough, since nobody gains from a collision.
constexpr std::size_t digits = 16;

/// Keys that do not affect a container (Compose leaves them out of its own comparison), and those
/// with digests of their own.
const std::set<std::string_view> apart = {"attach",   "build",    "deploy",      "depends_on",
                                          "develop",  "env_file", "environment", "labels",
                                          "profiles", "scale",    "pull_policy"};

/// The values of a list, or the keys of a map.
std::vector<std::string> names_in(const Node* node, const Lookup& lookup) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; node != nullptr && node->kind != Kind::scalar && i < node->size; ++i) {
    if (node->kind == Kind::mapping) {
      names.emplace_back(node->entries[i].key);
    } else if (const Node& item = *node->items[i]; item.kind == Kind::scalar) {
      names.push_back(resolved(value_text(item), lookup));
    } else if (const Node* source = get(&item, "source")) {
      names.push_back(resolved(value_text(*source), lookup));
    }
  }
  return names;
}

std::string text_of(const Node* node, const Lookup& lookup) {
  return node == nullptr || node->kind != Kind::scalar ? "" : resolved(value_text(*node), lookup);
}

/// Makes the digests of one service.
class Digesting {
 public:
  Digesting(const Project& project, const DigestSource& source, std::string_view name,
            const Node& service)
      : project_(project), source_(source), service_(service) {
    out_.name = name;
  }

  ServiceDigest made(const std::map<std::string, std::string>& on_change) {
    if (const auto found = on_change.find(out_.name); found != on_change.end())
      out_.on_change = found->second;
    out_.image = text_of(get(&service_, "image"), source_.lookup);
    keep("service", source_.sum(own_keys()));
    add_build();
    add_files("env_file");
    add_files("label_file");
    add_mounts();
    add_relations();
    return std::move(out_);
  }

 private:
  void keep(const std::string& part, const std::string& digest) {
    out_.parts[part] = digest.substr(0, digits);
  }

  /// A single file that is mounted is replaced on disk, but a running container keeps the old one:
  /// no signal makes it read the new one.
  void keep_content(const std::string& path, const std::string& digest) {
    const bool is_signal = out_.on_change.starts_with("SIG");
    const bool is_file = source_.rendered.digests.contains(path) || source_.tree.is_file(path);
    auto& parts = out_.on_change.empty() || (is_signal && is_file) ? out_.parts : out_.content;
    parts[path] = digest.substr(0, digits);
  }

  std::string own_keys() {
    Node keys = service_;
    std::vector<Entry> kept;
    for (std::uint32_t i = 0; i < service_.size; ++i)
      if (!apart.contains(service_.entries[i].key)) kept.push_back(service_.entries[i]);
    keys.entries = kept.data();
    keys.size = static_cast<std::uint32_t>(kept.size());
    keys.index = nullptr;
    std::string text = canonical(keys, source_.lookup);
    for (const char* key : {"environment", "labels"})
      if (const Node* held = get(&service_, key))
        text += canonical_variables(*held, source_.lookup);
    return text + deploy_keys() + definitions();
  }

  /// Without the number of replicas: adding more replaces no container.
  std::string deploy_keys() {
    const Node* deploy = get(&service_, "deploy");
    out_.replicas = number(get(&service_, "scale"), number(get(deploy, "replicas"), 1));
    std::string text;
    for (std::uint32_t i = 0; deploy != nullptr && i < deploy->size; ++i)
      if (deploy->kind == Kind::mapping && deploy->entries[i].key != "replicas")
        text.append(deploy->entries[i].key)
            .append(canonical(*deploy->entries[i].value, source_.lookup));
    return text;
  }

  unsigned number(const Node* node, unsigned otherwise) const {
    const std::string text = text_of(node, source_.lookup);
    unsigned value = otherwise;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

  /// The networks, configs and secrets that the service names, as the file defines them.
  std::string definitions() {
    std::string text;
    for (const char* section : {"networks", "configs", "secrets"}) {
      auto names = names_in(get(&service_, section), source_.lookup);
      if (section == std::string_view("networks") && names.empty()) names = {"default"};
      for (const std::string& name : names) {
        const Node* definition = get(get(project_.root, section), name);
        if (definition == nullptr) continue;
        text += section + (":" + name) + canonical(*definition, source_.lookup);
        add_content(text_of(get(definition, "file"), source_.lookup), true);
        if (const Node* variable = get(definition, "environment"))
          text += source_.lookup(value_text(*variable)).value_or("");
      }
    }
    return text;
  }

  void add_build() {
    const Node* build = get(&service_, "build");
    if (build == nullptr) return;
    std::string text = canonical(*build, source_.lookup);
    if (const Node* args = get(build, "args")) text += canonical_variables(*args, source_.lookup);
    std::string context = text_of(build, source_.lookup);
    if (build->kind == Kind::mapping) context = text_of(get(build, "context"), source_.lookup);
    if (context.empty()) context = ".";
    const std::string named = text_of(get(build, "dockerfile"), source_.lookup);
    const std::string dockerfile = named.empty() ? "Dockerfile" : named;
    const Node* inline_text = get(build, "dockerfile_inline");
    // A Dockerfile may be outside its context and still be given relative to it.
    const auto written = inline_text != nullptr
                             ? std::optional(text_of(inline_text, source_.lookup))
                             : source_.tree.read((folder_of(context) / dockerfile).string());
    if (!is_remote_context(context))
      text += source_.sum(written.value_or("")) +
              folder_text(context, dockerfile, copied_files(written.value_or("")));
    if (const Node* more = get(build, "additional_contexts"))
      for (std::uint32_t i = 0; more->kind == Kind::mapping && i < more->size; ++i)
        text += folder_text(text_of(more->entries[i].value, source_.lookup), "", std::nullopt);
    keep("build", source_.sum(text));
  }

  std::filesystem::path folder_of(const std::string& context) const {
    return std::filesystem::path(source_.workspace) / context;
  }

  std::string folder_text(const std::string& context, const std::string& dockerfile,
                          const std::optional<std::vector<std::string>>& wanted) {
    if (is_remote_context(context)) return {};
    return context_digest(folder_of(context), dockerfile,
                          wanted.value_or(std::vector<std::string>{"."}), source_.workspace,
                          source_.sum);
  }

  /// Env files and label files: Compose reads them, and their variables.
  void add_files(const char* key) {
    const Node* files = get(&service_, key);
    if (files == nullptr) return;
    const auto add = [&](const Node& item) {
      const Node* held = item.kind == Kind::mapping ? get(&item, "path") : &item;
      const std::string path = text_of(held, source_.lookup);
      const auto text = source_.tree.read(path);
      keep(clean_path(path), source_.keyed_sum(text ? resolved(*text, source_.lookup) : "absent"));
    };
    if (files->kind != Kind::sequence) return add(*files);
    for (std::uint32_t i = 0; i < files->size; ++i) add(*files->items[i]);
  }

  void add_mounts() {
    const Node* volumes = get(&service_, "volumes");
    for (std::uint32_t i = 0;
         volumes != nullptr && volumes->kind == Kind::sequence && i < volumes->size; ++i) {
      const Node& item = *volumes->items[i];
      if (item.kind == Kind::scalar) {
        const auto mount = parse_mount(resolved(value_text(item), source_.lookup));
        if (mount && mount->is_bind)
          add_content(mount->source,
                      (',' + mount->options + ',').find(",ro,") != std::string::npos);
      } else if (text_of(get(&item, "type"), source_.lookup) == "bind") {
        add_content(text_of(get(&item, "source"), source_.lookup),
                    text_of(get(&item, "read_only"), source_.lookup) == "true");
      }
    }
  }

  /// Content that a container can write belongs to the container, unless a step renders it.
  void add_content(std::string path, bool is_read_only) {
    if (path.starts_with(source_.workspace + "/")) path.erase(0, source_.workspace.size() + 1);
    path = clean_path(path);
    if (!path.starts_with("var/run/")) return;
    keep_content(path, content_digest(path, source_.rendered, source_.tree, is_read_only,
                                      source_.keyed_sum));
  }

  void add_relations() {
    constexpr std::string_view prefix = "service:";
    for (const char* key : {"network_mode", "ipc", "pid"}) {
      const std::string mode = text_of(get(&service_, key), source_.lookup);
      if (mode.starts_with(prefix)) out_.lives_in.push_back(mode.substr(prefix.size()));
    }
    for (const std::string& from : names_in(get(&service_, "volumes_from"), source_.lookup))
      if (!from.starts_with("container:")) out_.lives_in.push_back(from.substr(0, from.find(':')));
    const Node* wanted = get(&service_, "depends_on");
    for (std::uint32_t i = 0;
         wanted != nullptr && wanted->kind == Kind::mapping && i < wanted->size; ++i)
      if (text_of(get(wanted->entries[i].value, "restart"), source_.lookup) == "true")
        out_.restarts_with.emplace_back(wanted->entries[i].key);
  }

  const Project& project_;
  const DigestSource& source_;
  const Node& service_;
  ServiceDigest out_;
};

}  // namespace

std::vector<ServiceDigest> service_digests(const Project& project, const DigestSource& source) {
  std::vector<ServiceDigest> out;
  const auto on_change = on_change_of(project);
  const Node* services = get(project.root, "services");
  for (std::uint32_t i = 0; services != nullptr && i < services->size; ++i) {
    const Entry& entry = services->entries[i];
    if (entry.value->kind == Kind::mapping)
      out.push_back(Digesting(project, source, entry.key, *entry.value).made(on_change));
  }
  std::map<std::string_view, ServiceDigest*> by_name;
  for (ServiceDigest& one : out) by_name[one.name] = &one;
  for (Published& port : published_ports(project, source.lookup))
    if (const auto found = by_name.find(port.service); found != by_name.end())
      found->second->ports.push_back(std::move(port));
  return out;
}

}  // namespace harbor::compose
