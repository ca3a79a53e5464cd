#include "shared_volume.hpp"

#include <catch2/catch.hpp>

#include "native_project.hpp"
#include "writer.hpp"

using namespace harbor::compose;
using namespace harbor::compose::test;

TEST_CASE("shared volumes are mounted where their variable is set", "[native]") {
  Project project = project_of(
      "services:\n  ollama:\n    image: x\n    x-harbor-shared-volumes: ['${MODELS}:/models', "
      "'${CACHE}:/cache']\n");
  const auto skipped = apply_shared_volumes(project, [](const std::string& name) {
    return name == "MODELS" ? std::optional<std::string>("/m") : std::nullopt;
  });
  REQUIRE(skipped.size() == 1);
  CHECK(skipped[0].message == "a shared volume of 'ollama' is left out: CACHE has no value");
  CHECK(to_yaml(*project.root) ==
        "services:\n  ollama:\n    image: x\n    volumes:\n      - '${MODELS}:/models'\n");
}
