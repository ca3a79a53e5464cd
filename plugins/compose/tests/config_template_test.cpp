#include "config_template.hpp"

#include <catch2/catch.hpp>

#include "native_project.hpp"
#include "writer.hpp"

using namespace harbor::compose;
using namespace harbor::compose::test;

TEST_CASE("config templates become read-only mounts of rendered files", "[native]") {
  Project project = project_of(
      "services:\n  ollama:\n    image: x\n    x-harbor-config-templates:\n"
      "      - {source: ./ollama/config.json, target: /app/config.json}\n"
      "      - '${DIR}/b:/app/b'\n");
  const auto templates = apply_config_templates(project, [](const std::string& name) {
    return name == "DIR" ? std::optional<std::string>("./own") : std::nullopt;
  });
  REQUIRE(templates.size() == 2);
  CHECK(templates[0].source == "ollama/config.json");
  CHECK(templates[0].rendered() == "var/run/ollama/config/app/config.json");
  CHECK(templates[1].source == "own/b");
  CHECK(to_yaml(*project.root) ==
        "services:\n  ollama:\n    image: x\n    volumes:\n"
        "      - type: bind\n"
        "        source: ./var/run/ollama/config/app/config.json\n"
        "        target: /app/config.json\n"
        "        read_only: true\n"
        "        bind:\n"
        "          create_host_path: false\n"
        "      - type: bind\n"
        "        source: ./var/run/ollama/config/app/b\n"
        "        target: /app/b\n"
        "        read_only: true\n"
        "        bind:\n"
        "          create_host_path: false\n");
}

TEST_CASE("a config template without a source, a path or a value is refused", "[native]") {
  for (const char* item :
       {"./a", "{source: a}", "a:b", "a:/", "'a:/b/../c'", "a://b", "'a:/b/'", "'${NOWHERE}:/b'"}) {
    INFO(item);
    Project bad = project_of("services:\n  ollama:\n    x-harbor-config-templates: [" +
                             std::string(item) + "]\n");
    CHECK(error_of([&] { apply_config_templates(bad, nothing); }).code ==
          "compose.template_malformed");
  }
}
