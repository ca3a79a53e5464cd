// secrets.dotenv: variables from an env file that is not in the repository.
#include <harbor/action.hpp>

#include "action.hpp"
#include "source.hpp"
#include "value.hpp"

namespace harbor::env {
namespace {

json run_secrets(Context& context, const json& input) {
  const json source = {{"type", "secrets"},
                       {"file", input.at("file")},
                       {"optional", input.value("optional", false)}};
  const Scope scope{std::string(context.workspace()), {}, {}};
  const auto layers = read_sources(json::array({source}), scope, {},
                                   [](const Error& error) { throw Error(error); });
  const Merged merged =
      merge(layers, [&](const Expand& request) { return context.expand(request); });
  if (!merged.errors.empty()) throw Error(merged.errors.front());
  for (const Warning& warning : merged.warnings)
    context.warn(
        Error(HARBOR_E_INPUT, warning.code, warning.message, warning.hint, {warning.label}));
  json secrets = Writer(context).values(merged.shared);
  json origin = json::object();
  add_origins(origin, "", merged.shared);
  context.emit_origin("secrets", origin);
  return {{"secrets", std::move(secrets)}};
}

json check_secrets(Context& context, const json& input) {
  return context.is_check() ? run_secrets(context, input) : json();
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "file": {"type": "string", "minLength": 1, "default": "override.secrets.env",
      "description": "The file, relative to the project folder; may have wildcards"},
    "optional": {"type": "boolean", "default": false, "description": "Whether the file may be missing"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "secrets": {"type": "object", "x-harbor-as": "secrets",
      "description": "Every variable, as a reference to its value"}
  }
})";

}  // namespace

constinit const harbor_action secrets_action =
    action<run_secrets>({.name = "secrets.dotenv",
                         .doc = "Reads secrets from an env file; the values stay in memory.",
                         .input = input_schema,
                         .output = output_schema,
                         .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_SECRETS,
                         .flags = HARBOR_AF_IDEMPOTENT,
                         .validate = operation<check_secrets>});

}  // namespace harbor::env
