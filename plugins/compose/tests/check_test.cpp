#include <catch2/catch.hpp>

#include "action.hpp"
#include "project_folder.hpp"

namespace harbor::compose::test {
namespace {

using testing::Host;

const char* two_on_one_port =
    "services:\n"
    "  a: {image: a, ports: ['8080:80']}\n"
    "  b: {image: '${B}', ports: ['8080:80'], depends_on: [c]}\n";

TEST_CASE("what would make a start fail is told, all of it at once", "[check]") {
  const ProjectFolder folder(Files{{"compose.yml", two_on_one_port}});
  Host host;
  host.workspace = folder.path.string();
  const auto result = host.run(check_action, {{"files", {"compose.yml"}}});
  INFO(to_string(result));
  CHECK(result.status == HARBOR_E_INPUT);
  CHECK(result.errors.at(0).code == "compose.port_taken");
  CHECK(result.errors.at(1).code == "compose.dependency_missing");
  CHECK(result.warnings.at(0).code == "compose.variable_unset");
  CHECK(host.run(check_action, {{"files", {"compose.yml"}}, {"unset", false}}).warnings.empty());
}

TEST_CASE("files without a fault pass", "[check]") {
  const ProjectFolder folder(Files{{"compose.yml", "services: {a: {image: '${A}'}}\n"}});
  Host host;
  host.workspace = folder.path.string();
  const auto result = host.run(
      check_action, {{"files", {"compose.yml"}}, {"env", {{"A", host.secret("swordfish")}}}});
  CHECK(result.ok());
  CHECK(result.warnings.empty());
}

}  // namespace
}  // namespace harbor::compose::test
