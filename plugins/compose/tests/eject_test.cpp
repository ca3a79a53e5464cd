#include "eject.hpp"

#include <catch2/catch.hpp>

using namespace harbor::compose;

namespace {

Project project() {
  return merge(tree_of({{"c.yml",
                         "services:\n"
                         "  a:\n"
                         "    image: ${IMAGE}:${TAG:-1}\n"
                         "    x-harbor-lint-ignore: [x]\n"
                         "    environment: {KEY: '${API_KEY}', MODE: '${MODE:-fast}'}\n"
                         "    volumes:\n"
                         "      - /srv/stack/data:/data\n"
                         "      - /srv/stack2/data:/data2\n"
                         "      - /home/me/x:/x\n"
                         "    build: /srv/stack\n"}}),
               {"c.yml"});
}

}  // namespace

TEST_CASE("an ejected file holds nothing of this machine", "[eject]") {
  const Ejected out = eject(project(), "/srv/stack/");
  CHECK(out.yaml ==
        "services:\n"
        "  a:\n"
        "    image: ${IMAGE}:${TAG:-1}\n"
        "    environment:\n"
        "      KEY: '${API_KEY}'\n"
        "      MODE: '${MODE:-fast}'\n"
        "    volumes:\n"
        "      - ./data:/data\n"
        "      - /srv/stack2/data:/data2\n"
        "      - /home/me/x:/x\n"
        "    build: .\n");
  REQUIRE(out.warnings.size() == 1);
  CHECK(out.warnings[0].code == "compose.absolute_path");
  CHECK(out.warnings[0].message == "'/home/me/x:/x' is a folder of this machine");
}

TEST_CASE("the env file holds what the file uses, secrets empty", "[eject]") {
  const Ejected out = eject(project(), "/srv/stack");
  auto value = [](const std::string& name) -> std::optional<std::string> {
    if (name == "IMAGE") return "my image";
    if (name == "API_KEY") return "hidden";
    if (name == "UNUSED") return "x";
    return std::nullopt;
  };
  CHECK(env_of(out, value, [](const std::string& name) { return name == "API_KEY"; }) ==
        "# a secret: fill in\nAPI_KEY=\nIMAGE='my image'\n");
}
