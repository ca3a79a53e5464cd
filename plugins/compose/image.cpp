// compose.build and compose.pull: images from Dockerfiles, and from registries.
#include <harbor/action.hpp>

#include <algorithm>
#include <array>

#include "action.hpp"
#include "diagnosis.hpp"
#include "docker.hpp"
#include "narration.hpp"
#include "preflight.hpp"

namespace harbor::compose {
namespace {

void run_images(Context& context, const json& input, const std::vector<std::string>& words) {
  const Stack stack = stack_of(context, input);
  require_engine(context);
  require_compose(context);
  const Process process = narrate(context, compose(stack, words), stack.project);
  if (!process.ok()) throw diagnose(context, stack, process);
}

void run_build(Context& context, const json& input) {
  std::vector<std::string> words = {"build"};
  if (input.value("noCache", false)) words.push_back("--no-cache");
  if (input.value("pull", false)) words.push_back("--pull");
  run_images(context, input, words);
}

void run_pull(Context& context, const json& input) {
  // What is built here is in no registry.
  run_images(context, input,
             {"pull", "--ignore-buildable", "--policy", input.value("policy", "always")});
}

/// Texts joined while compiling.
template <const std::string_view&... Parts>
struct Joined {
  static constexpr auto bytes = [] {
    std::array<char, (Parts.size() + ...)> out{};
    auto at = out.begin();
    ((at = std::copy(Parts.begin(), Parts.end(), at)), ...);
    return out;
  }();
  static constexpr std::string_view text{bytes.data(), bytes.size()};
};

constexpr std::string_view shared_schema = R"("args": ["services"]},
  "type": "object",
  "required": ["files", "project"],
  "additionalProperties": false,
  "properties": {
    "files": {"type": "array", "items": {"type": "string"}, "minItems": 1,
      "x-harbor-from": "compose.files", "description": "Compose files, in merge order"},
    "file": {"type": "string", "x-harbor-from": "compose.file",
      "description": "The same merged into one, as text"},
    "project": {"type": "string", "x-harbor-from": "compose.project",
      "description": "Name of the Compose project"},
    "env": {"type": "object", "x-harbor-from": "env",
      "description": "Variables for ${...} in the compose files"},
    "serviceEnv": {"type": "object", "x-harbor-from": "env.services",
      "description": "The same of single services"},
    "services": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "request.services",
      "description": "Services whose images are meant"},
)";

constexpr std::string_view build_head = R"({"x-harbor-cli": {"command": "build", )";
constexpr std::string_view build_tail = R"(
    "noCache": {"type": "boolean", "default": false, "description": "Build every step anew"},
    "pull": {"type": "boolean", "default": false,
      "description": "Look for newer versions of the images that Dockerfiles start from"}
  }
})";

constexpr std::string_view pull_head = R"({"x-harbor-cli": {"command": "pull", )";
constexpr std::string_view pull_tail = R"(
    "policy": {"enum": ["always", "missing"], "type": "string", "default": "always", "x-harbor-value": "WHEN",
      "description": "When to pull: always, or missing"}
  }
})";

constexpr std::uint64_t effects =
    HARBOR_FX_READ_WORKSPACE | HARBOR_FX_WRITE_HOST | HARBOR_FX_NETWORK | HARBOR_FX_EXEC;
constexpr std::uint32_t flags = HARBOR_AF_IDEMPOTENT | HARBOR_AF_LONG_RUNNING;

}  // namespace

constinit const harbor_action build_action =
    action<run_build>({.name = "compose.build",
                       .doc = "Builds the images of the chosen services.",
                       .input = Joined<build_head, shared_schema, build_tail>::text,
                       .requires_caps = "container.engine",
                       .effects = effects,
                       .flags = flags});

constinit const harbor_action pull_action =
    action<run_pull>({.name = "compose.pull",
                      .doc = "Pulls the images of the chosen services.",
                      .input = Joined<pull_head, shared_schema, pull_tail>::text,
                      .requires_caps = "container.engine",
                      .effects = effects,
                      .flags = flags});

}  // namespace harbor::compose
