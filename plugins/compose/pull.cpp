// compose.pull: images from registries.
#include <harbor/action.hpp>

#include "action.hpp"
#include "diagnosis.hpp"
#include "docker.hpp"
#include "narration.hpp"
#include "preflight.hpp"

namespace harbor::compose {
namespace {

std::vector<std::string> pull_words(const json& input) {
  // What is built here is in no registry.
  return {"pull", "--ignore-buildable", "--policy", input.value("policy", "always")};
}

void run_pull(Context& context, const json& input) {
  const Stack stack = stack_of(context, input);
  require_engine(context);
  require_compose(context);
  const Process process = narrate(context, compose(stack, pull_words(input)), stack.project);
  if (!process.ok()) throw diagnose(context, stack, process);
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["files", "project"],
  "additionalProperties": false,
  "x-harbor-cli": {"command": "pull", "args": ["services"]},
  "properties": {
    "files": {"type": "array", "items": {"type": "string"}, "minItems": 1,
      "x-harbor-from": "compose.files", "description": "Compose files, in merge order"},
    "file": {"type": "string", "x-harbor-from": "compose.file",
      "description": "The same merged into one, as text"},
    "project": {"type": "string", "x-harbor-from": "compose.project",
      "description": "Name of the Compose project"},
    "env": {"type": "object", "x-harbor-from": "env",
      "description": "Variables for ${...} in the compose files"},
    "service_env": {"type": "object", "x-harbor-from": "env.services",
      "description": "The same of single services"},
    "services": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "request.services",
      "description": "Services whose images are meant"},
    "policy": {"enum": ["always", "missing"], "type": "string", "default": "always", "x-harbor-value": "WHEN",
      "description": "When to pull: always, or missing"}
  }
})";

}  // namespace

constinit const harbor_action pull_action =
    action<run_pull>({.name = "compose.pull",
                      .doc = "Pulls the images of the chosen services.",
                      .input = input_schema,
                      .requires_caps = "container.engine",
                      .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_WRITE_HOST |
                                 HARBOR_FX_NETWORK | HARBOR_FX_EXEC,
                      .flags = HARBOR_AF_IDEMPOTENT | HARBOR_AF_LONG_RUNNING});

}  // namespace harbor::compose
