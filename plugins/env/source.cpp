#include "source.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "project_file.hpp"

namespace harbor::env {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_file = std::size_t{1} << 20;

struct Kind {
  LayerType type;
  const char* file;  ///< its usual place
};

const std::map<std::string, Kind> kinds = {
    {"sys", {LayerType::sys, "etc/sys.env"}},
    {"site", {LayerType::site, "etc/site.env"}},
    {"service", {LayerType::service, "stacks/${service}/service.env"}},
    {"dotenv", {LayerType::dotenv, ".env.local"}},
    {"native", {LayerType::native, ""}},
    {"secrets", {LayerType::secrets, "override.secrets.env"}},
    {"sops", {LayerType::sops, "secrets.sops.env"}}};

/// Replaces `${service}` and `${site}`.
std::string replaced(std::string text, std::string_view variable, std::string_view value) {
  for (auto at = text.find(variable); at != std::string::npos;
       at = text.find(variable, at + value.size()))
    text.replace(at, variable.size(), value);
  return text;
}

/// Keeps what a descriptor names inside the project.
// After ${service} and ${site} are replaced: both come from the command line.
void require_inside(const std::string& file, const std::string& pointer) {
  if (project_file::is_inside(file)) return;
  throw Error(HARBOR_E_INPUT, "env.bad_path", "'" + file + "' is not a path inside the project",
              "write a path relative to the project folder, without '..'")
      .at(pointer);
}

[[noreturn]] void fail_to_read(const std::string& file, int error, const std::string& pointer) {
  throw Error(error == EACCES ? HARBOR_E_DENIED : HARBOR_E_IO, "env.unreadable_file",
              "the env file " + file + " cannot be read: " + std::generic_category().message(error),
              "check its permissions, and those of the folders above it")
      .at(pointer);
}

/// The text of a file; nothing when there is none.
std::optional<std::string> read_file(const fs::path& workspace, const std::string& file,
                                     const std::string& pointer) {
  try {
    if (auto read = project_file::read_inside(workspace, file, largest_file))
      return std::move(read->text);
    return std::nullopt;
  } catch (const std::system_error& failure) {
    const int error = failure.code().value();
    if (error == EXDEV)
      throw Error(HARBOR_E_DENIED, "env.outside",
                  "the env file " + file + " is a link that leads out of the project",
                  "copy the file into the project, or take the variables from Harbor's own "
                  "environment with `fromHost`")
          .at(pointer);
    if (error == EFBIG)
      throw Error(HARBOR_E_INPUT, "env.too_large", "the env file " + file + " is larger than 1 MiB",
                  "an env file holds variables; put data elsewhere")
          .at(pointer);
    fail_to_read(file, error, pointer);
  }
}

std::vector<std::string> matching(const fs::path& workspace, const std::string& pattern,
                                  const std::string& pointer) {
  try {
    return project_file::matching(workspace, pattern);
  } catch (const std::system_error& failure) {
    fail_to_read(pattern, failure.code().value(), pointer);
  }
}

/// One entry of `sources`.
class Reader {
 public:
  Reader(const json& source, const Scope& scope, const Decrypt& decrypt, std::string pointer)
      : source_(source), scope_(scope), decrypt_(decrypt), pointer_(std::move(pointer)) {}

  void read(std::vector<Layer>& layers) const {
    const std::string type = source_.at("type");
    const auto kind = kinds.find(type);
    const std::string file =
        replaced(source_.value("file", kind->second.file), "${site}", scope_.site);
    const auto only = source_.value("services", std::vector<std::string>());
    const bool is_own = file.find("${service}") != std::string::npos;
    if (!is_own && only.empty()) {
      add(kind->second.type, file, "", layers);
      if (kind->second.type == LayerType::site) add_site(file, layers);
      return;
    }
    for (const std::string& service : scope_.services) {
      if (!only.empty() && std::find(only.begin(), only.end(), service) == only.end()) continue;
      add(kind->second.type, replaced(file, "${service}", service), service, layers);
    }
  }

 private:
  /// A file at its usual place, or a per-service file, may be missing; a named file may not.
  [[nodiscard]] bool is_optional() const {
    const std::string file = source_.value("file", "");
    return source_.value("optional", file.empty() || file.find("${service}") != std::string::npos);
  }

  /// The chosen site's own file; the engine has seen that the site exists.
  void add_site(const std::string& file, std::vector<Layer>& layers) const {
    const std::string own = "etc/sites/" + scope_.site + ".env";
    if (scope_.site.empty() || own == file) return;
    require_inside(own, pointer_);
    if (auto text = read_file(scope_.workspace, own, pointer_))
      layers.push_back(layer_of(LayerType::site, own, "", std::move(*text)));
  }

  static Layer layer_of(LayerType type, std::string file, std::string service, std::string text) {
    Layer layer;
    layer.type = type;
    layer.file = std::move(file);
    layer.service = std::move(service);
    layer.text = std::move(text);
    return layer;
  }

  void add_encrypted(const std::string& file, const std::string& service,
                     std::vector<Layer>& layers) const {
    json request = {{"file", file}, {"optional", is_optional()}};
    if (source_.contains("format")) request["format"] = source_["format"];
    for (Layer& layer : decrypt_(request)) {
      layer.service = service;
      layers.push_back(std::move(layer));
    }
  }

  void add(LayerType type, const std::string& file, const std::string& service,
           std::vector<Layer>& layers) const {
    const std::string at = source_.contains("file") ? pointer_ + "/file" : pointer_;
    require_inside(file, at);
    if (type == LayerType::sops) return add_encrypted(file, service, layers);
    bool is_there = false;
    for (const std::string& name : matching(scope_.workspace, file, at)) {
      auto text = read_file(scope_.workspace, name, at);
      if (!text) continue;
      is_there = true;
      layers.push_back(layer_of(type, name, service, std::move(*text)));
    }
    if (is_there || is_optional()) return;
    throw Error(HARBOR_E_NOT_FOUND, "env.missing_file", "the env file " + file + " does not exist",
                "create it, or mark the source `optional: true`")
        .at(at);
  }

  const json& source_;
  const Scope& scope_;
  const Decrypt& decrypt_;
  std::string pointer_;
};

}  // namespace

std::vector<Layer> read_sources(const json& sources, const Scope& scope, const Decrypt& decrypt,
                                const Refuse& refuse) {
  std::vector<Layer> layers;
  std::optional<HostFailure> failure;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    try {
      Reader(sources[i], scope, decrypt, "/sources/" + std::to_string(i)).read(layers);
    } catch (const Error& error) {
      refuse(error);
    } catch (const HostFailure& failed) {  // of the action that decrypts; the host has recorded it
      if (!failure) failure = failed;
    }
  }
  if (failure) throw HostFailure(*failure);
  return layers;
}

std::vector<Layer> host_layers(const json& names, const Call& call) {
  // A map, since a name and a wildcard may both match: one entry that says secret is enough.
  std::map<std::string, bool> wanted;
  for (const json& entry : names) {
    const std::string name = entry.is_string() ? entry : entry.at("name");
    const bool is_secret = entry.is_object() && entry.value("secret", false);
    if (!name.ends_with('*')) {
      wanted[name] |= is_secret;
      continue;
    }
    for (const std::string& found :
         environment_names(call, std::string_view(name).substr(0, name.size() - 1)))
      wanted[found] |= is_secret;
  }
  Layer plain, secret;
  plain.type = secret.type = LayerType::host;
  secret.is_secret = true;
  for (const auto& [name, is_secret] : wanted)
    if (auto value = environment(call, name))
      (is_secret ? secret : plain).entries.push_back({name, std::move(*value), 0, 0});
  return {std::move(plain), std::move(secret)};
}

}  // namespace harbor::env
