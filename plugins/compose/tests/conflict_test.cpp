#include "conflict.hpp"

#include <catch2/catch.hpp>

using namespace harbor::compose;

namespace {

Project project_of(const std::string& text) { return merge(tree_of({{"c.yml", text}}), {"c.yml"}); }

std::optional<std::string> value_of(const std::string& name) {
  return name == "PORT" ? std::optional<std::string>("8080") : std::nullopt;
}

std::string line_of(const Warning& warning) {
  std::string text = warning.code + (warning.is_error ? "!" : "") + " " + warning.message + " [";
  for (const harbor::Label& label : warning.labels) {
    text +=
        label.file + ":" + std::to_string(label.line) + ":" + std::to_string(label.column) + " ";
  }
  return text + "] " + warning.hint;
}

}  // namespace

TEST_CASE("two services that publish one port are a conflict", "[conflict]") {
  Project project = project_of(
      "services:\n"
      "  a: {ports: ['${PORT}:80', '127.0.0.1:9000:1', '5000-5002:5000-5002', '7000/udp']}\n"
      "  b: {ports: ['8080:81', '127.0.0.2:9000:1', {target: 1, published: '5001'}, "
      "'8080:81/udp']}\n");
  const auto found = check_ports(project, value_of);
  REQUIRE(found.size() == 2);
  CHECK(line_of(found[0]) ==
        "compose.port_taken! 'b' and 'a' both publish port 8080/tcp [c.yml:3:15 c.yml:2:15 ] give "
        "one of them another "
        "port");
  CHECK(found[1].message == "'b' and 'a' both publish port 5001/tcp");
}

TEST_CASE("a dependency that is not selected is an error unless it is not required", "[conflict]") {
  Project project = project_of(
      "services:\n"
      "  web:\n"
      "    depends_on:\n"
      "      databse: {condition: service_started}\n"
      "      extra: {condition: service_started, required: false}\n"
      "  database:\n"
      "    depends_on: [web]\n");
  const auto found = check_dependencies(project);
  REQUIRE(found.size() == 2);
  CHECK(line_of(found[0]) ==
        "compose.dependency_missing! 'web' depends on 'databse', which is not selected [c.yml:4:7 "
        "] did you mean "
        "'database'?");
  CHECK_FALSE(found[1].is_error);
  CHECK(found[1].hint == "select 'extra' as well, or remove the dependency");
}

TEST_CASE("a cross file whose token names nothing is reported", "[conflict]") {
  SelectionRequest request;
  Selection selection = select(tree_of({{"compose.yml", ""},
                                        {"compose.webui.yml", ""},
                                        {"compose.x.webui.nvidia.yml", ""},
                                        {"compose.x.webiu.nvidia.yml", ""}}),
                               {}, request);
  const auto found = check_cross_files(selection, {"nvidia"});
  REQUIRE(found.size() == 1);
  CHECK(found[0].message ==
        "compose.x.webiu.nvidia.yml waits for 'webiu', which no other file has");
  CHECK(found[0].hint == "did you mean 'webui'?");
}

TEST_CASE("variables without a value are named once, required ones are errors", "[conflict]") {
  Project project = project_of(
      "services:\n"
      "  a:\n"
      "    image: ${IMAGE}:${TAG:-latest}\n"
      "    command: [\"${IMAGE}\", \"${KEY:?ask the admin}\", \"$PORT\", \"$$HOME\"]\n");
  const auto found = check_variables(project, value_of);
  REQUIRE(found.size() == 2);
  CHECK(line_of(found[0]) ==
        "compose.variable_unset the variable IMAGE has no value [c.yml:3:12 c.yml:4:15 ] set it, "
        "or write "
        "${IMAGE:-default}");
  CHECK(line_of(found[1]) ==
        "compose.variable_required! the variable KEY has no value: ask the admin [c.yml:4:27 ] set "
        "it in an env "
        "source");
}
