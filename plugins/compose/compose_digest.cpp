// compose.digest: what each service is made of, for the driver to compare with what runs.
#include <harbor/action.hpp>
#include <harbor/digest.hpp>

#include <map>
#include <memory>

#include "action.hpp"
#include "assembly.hpp"
#include "environment.hpp"
#include "notice.hpp"
#include "service_digest.hpp"
#include "writer.hpp"

namespace harbor::compose {
namespace {

/// What is handed to Compose: the files as merged here, unless somebody made another text of them.
Project project_of(const Tree& tree, const json& input, const Lookup& known) {
  Assembly made =
      assemble(tree, input.at("files"), input.value("native", std::vector<std::string>()), known);
  const std::string text = input.value("file", "");
  if (text.empty() || text == to_yaml(*made.project.root)) return std::move(made.project);
  Project other = merge(tree_of({{"compose.yml", text}}), {"compose.yml"});
  other.harbor = std::move(made.project.harbor);
  other.layers = std::move(made.project.layers);
  return other;
}

/// Plain values, and for a secret a digest of it, made when it is first asked for.
Lookup lookup_with(Context& context, const json& env) {
  auto digests = std::make_shared<std::map<std::string, std::string>>();
  return [&context, &env, digests](const std::string& name) -> std::optional<std::string> {
    const auto found = env.find(name);
    if (found == env.end()) return std::nullopt;
    if (found->is_string()) return found->get<std::string>();
    if (!is_secret(*found)) return std::nullopt;
    std::string& known = (*digests)[name];
    if (known.empty()) known = "secret " + digest(context, {Part::secret(*found)});
    return known;
  };
}

RenderedFiles rendered_of(const json& input) {
  RenderedFiles out;
  for (const json& config : input.value("configs", json::array()))
    out.digests[config.at("path").get<std::string>()] = config.value("digest", "");
  for (const json& folder : input.value("configFolders", json::array()))
    out.folders.insert(folder.get<std::string>());
  return out;
}

json to_json(const ServiceDigest& one) {
  json ports = json::array();
  for (const Published& port : one.ports)
    ports.push_back({{"ip", port.host_ip}, {"port", port.port}, {"protocol", port.protocol}});
  return {{"service", one.name},      {"parts", one.parts},
          {"content", one.content},   {"onChange", one.on_change},
          {"replicas", one.replicas}, {"image", one.image},
          {"livesIn", one.lives_in},  {"restartsWith", one.restarts_with},
          {"ports", std::move(ports)}};
}

json run_digest(Context& context, const json& input) {
  const Tree tree = tree_at(std::string(context.workspace()));
  const json env = input.value("env", json::object());
  const Project project = project_of(tree, input, presence_in(env));
  if (input.value("unset", false)) warn(context, check_variables(project, presence_in(env)));
  const DigestSource source{
      tree,
      std::string(context.workspace()),
      lookup_with(context, env),
      rendered_of(input),
      [&](std::string_view text) { return digest(context, {Part(text)}); },
      [&](std::string_view text) { return keyed_digest(context, {Part(text)}); }};
  json services = json::array();
  for (const ServiceDigest& one : service_digests(project, source))
    services.push_back(to_json(one));
  return {{"services", std::move(services)}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["files"],
  "additionalProperties": false,
  "properties": {
    "files": {"type": "array", "items": {"type": "string"}, "minItems": 1,
      "x-harbor-from": "compose.files", "description": "Compose files, in merge order"},
    "file": {"type": "string", "x-harbor-from": "compose.file",
      "description": "The same merged into one, as text"},
    "native": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "native.names", "description": "Services that run outside of containers"},
    "env": {"type": "object", "x-harbor-from": "env", "description": "Variables for ${...} in them"},
    "configs": {"type": "array", "items": {"type": "object"}, "x-harbor-from": "configs",
      "description": "The config files that are rendered, or would be: path, digest"},
    "configFolders": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "configs.folders",
      "description": "The folders that hold these and nothing else"},
    "unset": {"type": "boolean", "default": false,
      "description": "Warn of variables without a value, too"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "services": {"type": "array", "items": {"type": "object"},
      "description": "Each service: parts, the digests that its containers are labelled with, by what they are of; content, those that call for no new container; onChange, what they call for instead; replicas, image, ports; livesIn, services whose new container takes its own along; restartsWith, services whose new container restarts it"}
  }
})";

}  // namespace

constinit const harbor_action digest_action =
    action<run_digest>({.name = "compose.digest",
                        .doc = "Makes digests of what each service is made of.",
                        .input = input_schema,
                        .output = output_schema,
                        .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_READ_HOST,
                        .flags = HARBOR_AF_IDEMPOTENT});

}  // namespace harbor::compose
