// compose.merge: the chosen files merged into one, as Compose itself would.
#include "merge.hpp"

#include <harbor/action.hpp>

#include "action.hpp"
#include "assembly.hpp"
#include "environment.hpp"
#include "notice.hpp"
#include "provenance.hpp"
#include "service_user.hpp"
#include "writer.hpp"

namespace harbor::compose {
namespace {

constexpr std::string_view subject_prefix = "compose.";

json native_json(const NativeContract& contract) {
  json overrides = json::object();
  for (const auto& [name, value] : contract.env_overrides) overrides[name] = value;
  return {{"service", contract.service},
          {"executable", contract.executable},
          {"daemon_args", contract.daemon_args},
          {"port", contract.port},
          {"requires_gpu_passthrough", contract.requires_gpu_passthrough},
          {"env_vars", contract.env_vars},
          {"env_overrides", std::move(overrides)}};
}

json natives_json(const std::vector<NativeContract>& contracts) {
  json out = json::array();
  for (const NativeContract& contract : contracts) out.push_back(native_json(contract));
  return out;
}

json overrides_of(const std::vector<NativeContract>& contracts) {
  json out = json::object();
  for (const NativeContract& contract : contracts)
    for (const auto& [name, value] : contract.env_overrides) out[name] = value;
  return out;
}

json templates_json(const std::vector<ConfigTemplate>& templates) {
  json out = json::array();
  for (const ConfigTemplate& one : templates)
    out.push_back({{"service", one.service},
                   {"from", one.source},
                   {"to", one.folder()},
                   {"name", one.target.substr(1)}});
  return out;
}

/// The one value that was asked about, with its origins. The chains of all values would cost more
/// than the merge itself.
json answer(Context& context, const Project& project, std::string_view path) {
  const Provenance found = provenance_of(project, path);
  json chain = json::array();
  for (const Origin& origin : found.chain)
    chain.push_back({{"file", origin.place.file},
                     {"line", origin.place.line},
                     {"column", origin.place.column},
                     {"layer", "compose file"},
                     {"value", origin.value},
                     {"overridden", origin.is_overridden}});
  std::string pointer = "/";
  for (const char c : path) pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  context.emit_origin("compose.value", {{pointer, std::move(chain)}});
  return {{std::string(path), found.value}};
}

/// Reports who uses a variable that was asked about as "NAME", "env.NAME" or
/// "env.services.web.NAME".
void tell_uses(Context& context, const Project& project, const std::string& subject) {
  const std::string name = subject.substr(subject.rfind('.') + 1);
  json uses = json::array();
  for (const Label& label : uses_of(project, name))
    uses.push_back(
        {{"by", "compose"}, {"file", label.file}, {"line", label.line}, {"column", label.column}});
  if (!uses.empty()) context.emit_origin("env.uses", {{"/" + name, std::move(uses)}});
}

json run_merge(Context& context, const json& input) {
  const Tree tree = tree_at(std::string(context.workspace()));
  const Lookup lookup = early_lookup(context, input);
  const auto made =
      assemble(tree, input.at("files"), input.value("native", std::vector<std::string>()), lookup);
  warn(context, made.warnings);
  json output = {{"file", to_yaml(*made.project.root)},
                 {"nativeServices", natives_json(made.natives)},
                 {"nativeEnv", overrides_of(made.natives)},
                 {"templates", templates_json(made.templates)},
                 {"users", service_users(made.project, lookup)}};
  const std::string subject = input.value("subject", "");
  if (subject.starts_with(subject_prefix))
    output["value"] =
        answer(context, made.project, std::string_view(subject).substr(subject_prefix.size()));
  else if (!subject.empty())
    tell_uses(context, made.project, subject);
  return output;
}

json check_merge(Context& context, const json& input) {
  return context.is_check() ? run_merge(context, input) : json();
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["files"],
  "additionalProperties": false,
  "x-harbor-section": "source.merge",
  "properties": {
    "files": {"type": "array", "items": {"type": "string"}, "minItems": 1,
      "x-harbor-from": "compose.files", "description": "Compose files, in merge order"},
    "native": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "native.names", "description": "Services that run outside containers"},
    "services": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "services",
      "description": "The chosen services"},
    "site": {"type": "string", "x-harbor-from": "request.site", "description": "The chosen site"},
    "variables": {"type": "object", "x-harbor-from": "descriptor.prepare.env", "x-harbor-literal": true,
      "description": "Where variables in native contracts, config templates and shared volumes get their values"},
    "subject": {"type": "string", "x-harbor-from": "request.subject",
      "description": "A value whose origins are asked for: compose.services.NAME..."}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "file": {"type": "string", "x-harbor-as": "compose.file",
      "description": "The merged compose file, as text"},
    "nativeServices": {"type": "array", "items": {"type": "object"}, "x-harbor-as": "native.services",
      "description": "The contract of each native service: service, executable, daemon_args, port, requires_gpu_passthrough, env_vars, env_overrides"},
    "nativeEnv": {"type": "object", "x-harbor-as": "native.env",
      "description": "Variables that native services override"},
    "templates": {"type": "array", "items": {"type": "object"}, "x-harbor-as": "compose.templates",
      "description": "Config files to render before the start: service, from, the folder to, the name in it"},
    "users": {"type": "object", "x-harbor-as": "compose.users",
      "description": "The numeric user of each service that has one"},
    "value": {"type": "object", "x-harbor-as": "compose.value",
      "description": "The value that was asked about"}
  }
})";

}  // namespace

constinit const harbor_action merge_action = action<run_merge>(
    {.name = "compose.merge",
     .doc = "Merges the chosen compose files into one, as Compose would.",
     .input = input_schema,
     .output = output_schema,
     .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_READ_HOST | HARBOR_FX_SECRETS,
     .flags = HARBOR_AF_IDEMPOTENT,
     .validate = operation<check_merge>});

}  // namespace harbor::compose
