// compose.pull: images from registries.
#include <harbor/action.hpp>

#include "action.hpp"
#include "image.hpp"

namespace harbor::docker {
namespace {

void run_pull(Context& context, const json& input) {
  // An image that is built here is in no registry, and pulling it would fail.
  run_images(context, input,
             {"pull", "--ignore-buildable", "--policy", input.value("policy", "always")});
}

constexpr std::string_view head = R"({"x-harbor-cli": {"command": "pull", )";
constexpr std::string_view tail = R"(
    "policy": {"enum": ["always", "missing"], "type": "string", "default": "always", "x-harbor-value": "WHEN",
      "description": "When to pull: always, or missing"}
  }
})";

}  // namespace

constinit const harbor_action pull_action =
    action<run_pull>({.name = "compose.pull",
                      .doc = "Pulls the images of the chosen services.",
                      .input = Joined<head, image_schema, tail>::text,
                      .requires_caps = "container.engine",
                      .effects = image_effects,
                      .flags = image_flags});

}  // namespace harbor::docker
