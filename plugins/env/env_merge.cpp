// env.merge: one environment from layers of env files.
#include <unistd.h>

#include <harbor/env_file.hpp>
#include <optional>

#include "action.hpp"
#include "denied.hpp"
#include "source.hpp"
#include "value.hpp"

namespace harbor::env {
namespace {

/// Variables of another step, `secrets`, as a layer.
Layer secret_layer(Context& context, const json& secrets) {
  Layer layer;
  layer.type = LayerType::secrets;
  for (const auto& [name, value] : secrets.items())
    layer.entries.push_back({name, reveal(context, value), 0, 0});
  return layer;
}

/// Encrypted files are left to the pack that knows how to read them.
std::vector<Layer> decrypt(Context& context, const json& request) {
  std::vector<Layer> layers;
  const json answer = context.invoke("secrets.sops", request);
  for (const json& file : answer.at("files")) {
    Layer layer;
    layer.type = LayerType::sops;
    layer.file = file.at("file");
    for (const auto& [name, value] : file.at("values").items())
      layer.entries.push_back({name, reveal(context, value), file.at("lines").value(name, 0U), 0});
    layers.push_back(std::move(layer));
  }
  return layers;
}

void emit_origins(Context& context, const Merged& merged) {
  json shared = json::object(), services = json::object(), uses = json::object();
  add_origins(shared, "", merged.shared);
  add_uses(uses, merged.shared);
  for (const auto& [service, environment] : merged.services) {
    add_origins(services, "/" + service, environment);
    add_uses(uses, environment);
  }
  context.emit_origin("env", shared);
  context.emit_origin("env.services", services);
  context.emit_origin("env.uses", uses);
}

/// What native services, which run outside containers, ask for.
Layer native_layer(const json& overrides) {
  Layer layer;
  layer.type = LayerType::native;
  for (const auto& [name, value] : overrides.items())
    if (value.is_string()) layer.entries.push_back({name, value.get<std::string>(), 0, 0});
  return layer;
}

Merged merge_layers(Context& context, const std::vector<Layer>& layers,
                    const std::vector<std::string>& allowed) {
  Merged merged = merge(layers, [&](const Expand& request) { return context.expand(request); });
  for (const Error& error : merged.errors) context.fail(error);
  // Files that cannot be read were recorded as failures, too; see read_layers().
  if (context.failed() != HARBOR_OK) throw HostFailure(context.failed(), "fail");
  // After the merge, since only parsing the files shows which names they set.
  require_harmless(merged, allowed);
  return merged;
}

/// Files that cannot be read are failures of the call, but the others are still read, so that all
/// mistakes are reported together. `undecrypted` is set if encrypted ones failed.
std::vector<Layer> read_layers(Context& context, const json& input,
                               std::optional<HostFailure>& undecrypted) {
  const Scope scope{std::string(context.workspace()),
                    input.value("services", std::vector<std::string>()), input.value("site", "")};
  const auto decrypter = [&](const json& request) -> std::vector<Layer> {
    try {
      return decrypt(context, request);
    } catch (const HostFailure& failure) {
      undecrypted = failure;
      return {};
    }
  };
  auto layers = read_sources(input.value("sources", json::array()), scope, decrypter,
                             [&](const Error& error) { context.fail(error); });
  if (input.contains("native")) layers.push_back(native_layer(input["native"]));
  if (input.contains("secrets")) layers.push_back(secret_layer(context, input["secrets"]));
  for (Layer& layer : host_layers(input.value("fromHost", json::array()), context))
    layers.push_back(std::move(layer));
  return layers;
}

Merged merge_sources(Context& context, const json& input) {
  std::optional<HostFailure> undecrypted;
  const auto layers = read_layers(context, input, undecrypted);
  try {
    Merged merged = merge_layers(context, layers, input.value("allow", std::vector<std::string>()));
    if (undecrypted) throw HostFailure(*undecrypted);
    return merged;
  } catch (const std::exception&) {
    // Messages show the line at fault, which may contain what another file declares to be secret.
    for (const Entry& secret : written_secrets(layers))
      (void)context.put_secret(secret.key, secret.value);
    throw;
  }
}

json merged_output(Context& context, const json& input) {
  const Merged merged = merge_sources(context, input);
  for (const Warning& warning : merged.warnings)
    context.warn(
        Error(HARBOR_E_INPUT, warning.code, warning.message, warning.hint, {warning.label}));

  Writer writer(context);
  json services = json::object();
  json layers = {{"shared", layers_json(merged.shared)}, {"services", json::object()}};
  for (const auto& [service, environment] : merged.services) {
    if (environment.empty()) continue;
    services[service] = writer.values(environment);
    layers["services"][service] = layers_json(environment);
  }
  json output = {{"env", writer.values(merged.shared)},
                 {"services", std::move(services)},
                 {"layers", std::move(layers)}};
  emit_origins(context, merged);
  return output;
}

constexpr const char* file_name = ".env.run";

/// Where it is, relative to the project folder.
constexpr const char* file_path = "var/run/.env.run";

bool write_file(Context& context, const json& env) {
  Variables variables;
  for (const auto& [name, value] : env.items())
    variables.emplace_back(name, reveal(context, value));
  return context.write_file({.path = file_name, .parts = {Part(write_env_file(variables))}});
}

Result run_merge(Context& context, const json& input) {
  json output = merged_output(context, input);
  if (!input.value("file", false)) return output;
  output["file"] = file_path;
  // Before the file exists, so that destroy finds the secrets of a run that is killed in between.
  context.save_state({{"file", file_path}});
  if (!write_file(context, output["env"])) return Unchanged{std::move(output)};
  return output;
}

json plan_merge(Context& context, const json& input) {
  json output = merged_output(context, input);
  json changes = json::array();
  if (!input.value("file", false)) return {{"changes", changes}, {"outputs", std::move(output)}};
  output["file"] = file_path;
  const bool is_new =
      ::access((std::string(context.run_dir()) + "/" + file_name).c_str(), F_OK) != 0;
  if (write_file(context, output["env"]))
    changes.push_back({{"op", is_new ? "create" : "update"},
                       {"target", file_path},
                       {"summary", "the environment"}});
  return {{"changes", std::move(changes)}, {"outputs", std::move(output)}};
}

json check_merge(Context& context, const json& input) {
  if (!context.is_check()) return {};
  json output = merged_output(context, input);
  if (input.value("file", false)) output["file"] = file_path;
  return output;
}

Result undo_merge(Context& context, const json&) {
  // Without a state, the step never wrote a file, so one that is there is not its own.
  if (!context.state().is_object() || !context.remove_file(file_name)) return Unchanged{};
  return {};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "additionalProperties": false,
  "x-harbor-section": "prepare.env",
  "properties": {
    "sources": {"type": "array", "default": [],
      "x-harbor-literal": true,
      "description": "Env files; if two set the same variable, the stronger type wins, then the later file. From weak to strong: sys, site, service, dotenv, native, secrets, sops",
      "items": {
        "type": "object",
        "required": ["type"],
        "additionalProperties": false,
        "properties": {
          "type": {"enum": ["sys", "site", "service", "dotenv", "native", "secrets", "sops"],
            "description": "What the file is for, which decides how strong it is; values of secrets and sops are secret"},
          "file": {"type": "string", "minLength": 1,
            "description": "The file, relative to the project folder; may hold wildcards, ${service} and ${site}. Default: etc/sys.env, etc/site.env, stacks/${service}/service.env, .env.local, override.secrets.env or secrets.sops.env"},
          "optional": {"type": "boolean",
            "description": "Whether the file may be missing; the default is true without `file`, or with ${service} in it"},
          "format": {"type": "string", "enum": ["dotenv", "yaml", "json"],
            "description": "The format of a file of type sops; default: by the ending of its name"},
          "services": {"type": "array", "items": {"type": "string"},
            "description": "Only for these services"}
        }
      }
    },
    "fromHost": {"type": "array", "default": [],
      "description": "Variables taken from Harbor's own environment if they are set; stronger than all files. A name may end in *; { name: TOKEN, secret: true } makes it a secret",
      "items": {"anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "object", "required": ["name"], "additionalProperties": false,
          "properties": {
            "name": {"type": "string", "minLength": 1, "description": "The variable"},
            "secret": {"type": "boolean", "default": false, "description": "Whether its value is a secret"}
          }}]}},
    "file": {"type": "boolean", "default": false, "x-harbor-writes": true,
      "description": "Whether to write the environment, secrets included, to var/run/.env.run for tools that need a file; only its owner can read it, and destroy removes it"},
    "allow": {"type": "array", "items": {"type": "string"}, "default": [],
      "description": "Variables that files may set even though they change what Harbor's tools do, such as COMPOSE_PROFILES"},
    "secrets": {"type": "object", "x-harbor-from": "secrets",
      "description": "Secrets from an earlier step, as strong as a source of type secrets"},
    "services": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "services",
      "description": "The chosen services"},
    "native": {"type": "object", "x-harbor-from": "native.env",
      "description": "Variables that native services override"},
    "site": {"type": "string", "x-harbor-from": "request.site", "description": "The chosen site"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "env": {"type": "object", "x-harbor-as": "env", "x-harbor-names": {"depth": 1},
      "description": "Every variable and its value; secrets as references"},
    "services": {"type": "object", "x-harbor-as": "env.services",
      "x-harbor-names": {"depth": 2, "uses": "env"},
      "description": "What differs from that for each service"},
    "layers": {"type": "object", "x-harbor-as": "env.layers",
      "description": "Where each value comes from: type, file and line"},
    "file": {"type": "string", "x-harbor-as": "env.file", "description": "The file, if one was asked for"}
  }
})";

}  // namespace

constinit const harbor_action merge_action = action<run_merge>(
    {.name = "env.merge",
     .doc = "Merges env files into one environment that knows where each value comes from.",
     .input = input_schema,
     .output = output_schema,
     .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_WRITE_WORKSPACE | HARBOR_FX_READ_HOST |
                HARBOR_FX_EXEC | HARBOR_FX_SECRETS,
     .flags = HARBOR_AF_IDEMPOTENT,
     .validate = operation<check_merge>,
     .plan = operation<plan_merge>,
     .undo = operation<undo_merge>});

}  // namespace harbor::env
