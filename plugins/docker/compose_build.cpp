// compose.build: images from Dockerfiles.
#include <harbor/action.hpp>

#include "action.hpp"
#include "image.hpp"

namespace harbor::docker {
namespace {

void run_build(Context& context, const json& input) {
  std::vector<std::string> words = {"build"};
  if (input.value("noCache", false)) words.push_back("--no-cache");
  if (input.value("pull", false)) words.push_back("--pull");
  run_images(context, input, words);
}

constexpr std::string_view head = R"({"x-harbor-cli": {"command": "build", )";
constexpr std::string_view tail = R"(
    "noCache": {"type": "boolean", "default": false, "description": "Rebuild every step"},
    "pull": {"type": "boolean", "default": false,
      "description": "Look for newer versions of the base images"}
  }
})";

}  // namespace

constinit const harbor_action build_action =
    action<run_build>({.name = "compose.build",
                       .doc = "Builds the images of the chosen services.",
                       .input = Joined<head, image_schema, tail>::text,
                       .requires_caps = "container.engine",
                       .effects = image_effects,
                       .flags = image_flags});

}  // namespace harbor::docker
