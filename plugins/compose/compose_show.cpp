// compose.show: the merged file, and what would go wrong with it. This is `harbor up --dry-run`.
#include <harbor/action.hpp>

#include "action.hpp"
#include "conflict.hpp"
#include "environment.hpp"
#include "notice.hpp"
#include "problem.hpp"

namespace harbor::compose {
namespace {

json run_show(Context& context, const json& input) {
  warn(context, problems_of(context, input).conflicts);
  return {{"text", input.at("file")}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["file", "files"],
  "additionalProperties": false,
  "properties": {
    "file": {"type": "string", "x-harbor-from": "compose.file", "description": "The merged compose file"},
    "files": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "compose.files",
      "description": "The compose files it was made from"},
    "native": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "native.names", "description": "Services that run outside containers"},
    "env": {"type": "object", "x-harbor-from": "env", "description": "Variables for ${...} in it"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {"text": {"type": "string", "description": "The merged compose file"}}
})";

}  // namespace

constinit const harbor_action show_action =
    action<run_show>({.name = "compose.show",
                      .doc = "Prints the merged compose file and warns about what would go wrong.",
                      .input = input_schema,
                      .output = output_schema,
                      .effects = HARBOR_FX_READ_WORKSPACE,
                      .flags = HARBOR_AF_IDEMPOTENT});

}  // namespace harbor::compose
