// compose.eject: the merged file as one to take elsewhere, printed.
#include <harbor/action.hpp>

#include "action.hpp"
#include "ejection.hpp"

namespace harbor::compose {
namespace {

json names_of(const Ejected& ejected) {
  json names = json::array();
  for (const EjectedVariable& variable : ejected.variables) names.push_back(variable.name);
  return names;
}

json run_eject(Context& context, const json& input) {
  const Ejected out = ejected(context, input);
  return {{"text", out.yaml},
          {"env", env_text(out, input.value("env", json::object()))},
          {"variables", names_of(out)}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["files"],
  "additionalProperties": false,
  "x-harbor-cli": {"command": "eject", "args": ["services"], "print": "text"},
  "properties": {
    "files": {"type": "array", "items": {"type": "string"}, "minItems": 1,
      "x-harbor-from": "compose.files", "description": "Compose files, in merge order"},
    "native": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "native.names", "description": "Services that run outside containers"},
    "env": {"type": "object", "x-harbor-from": "env", "description": "Values for the .env beside it"},
    "services": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "request.services",
      "description": "The services to include"},
    "output": {"type": "string", "minLength": 1, "x-harbor-value": "DIR", "x-harbor-instead": "compose.eject_to",
      "description": "Write compose.yml and .env into this folder instead of printing"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "text": {"type": "string", "description": "The compose file"},
    "env": {"type": "string", "description": "The .env beside it: what the file uses, secrets left empty"},
    "variables": {"type": "array", "items": {"type": "string"}, "description": "The variables that it uses"}
  }
})";

}  // namespace

constinit const harbor_action eject_action =
    action<run_eject>({.name = "compose.eject",
                       .doc = "Prints a compose file that works without Harbor.",
                       .input = input_schema,
                       .output = output_schema,
                       .effects = HARBOR_FX_READ_WORKSPACE,
                       .flags = HARBOR_AF_IDEMPOTENT});

}  // namespace harbor::compose
