// compose.build: images from Dockerfiles.
#include <harbor/action.hpp>

#include "action.hpp"
#include "diagnosis.hpp"
#include "docker.hpp"
#include "narration.hpp"
#include "preflight.hpp"

namespace harbor::compose {
namespace {

std::vector<std::string> build_words(const json& input) {
  std::vector<std::string> words = {"build"};
  if (input.value("no_cache", false)) words.push_back("--no-cache");
  if (input.value("pull", false)) words.push_back("--pull");
  return words;
}

void run_build(Context& context, const json& input) {
  const Stack stack = stack_of(context, input);
  require_engine(context);
  require_compose(context);
  const Process process = narrate(context, compose(stack, build_words(input)), stack.project);
  if (!process.ok()) throw diagnose(context, stack, process);
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["files", "project"],
  "additionalProperties": false,
  "x-harbor-cli": {"command": "build", "args": ["services"]},
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
    "no_cache": {"type": "boolean", "default": false, "description": "Build every step anew"},
    "pull": {"type": "boolean", "default": false,
      "description": "Look for newer versions of the images that Dockerfiles start from"}
  }
})";

}  // namespace

constinit const harbor_action build_action =
    action<run_build>({.name = "compose.build",
                       .doc = "Builds the images of the chosen services.",
                       .input = input_schema,
                       .requires_caps = "container.engine",
                       .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_WRITE_HOST |
                                  HARBOR_FX_NETWORK | HARBOR_FX_EXEC,
                       .flags = HARBOR_AF_IDEMPOTENT | HARBOR_AF_LONG_RUNNING});

}  // namespace harbor::compose
