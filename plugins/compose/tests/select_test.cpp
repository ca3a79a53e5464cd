#include <catch2/catch.hpp>
#include <harbor/error.hpp>
#include <set>

#include "action.hpp"
#include "project_folder.hpp"
#include "project_name.hpp"

namespace harbor::compose::test {
namespace {

using testing::Host;

json rules() {
  return {
      {"base", {"compose.yml"}},
      {"include",
       {"compose.${service}.yml", "compose.*.${option}.yml", "compose.x.${service}.${option}.yml"}},
      {"folders", {".", "stacks/*"}}};
}

json select_input(const std::vector<std::string>& services) {
  json input = rules();
  input.update({{"services", services}, {"project", "Demo Shop"}, {"detect", false}});
  return input;
}

TEST_CASE("select lists the folder and publishes files, services and the project", "[compose]") {
  const ProjectFolder folder(std::vector<std::string>{"compose.yml", "stacks/web/compose.web.yml",
                                                      "stacks/db/compose.db.yml",
                                                      "stacks/web/compose.web.debug.yml"});
  Host host;
  host.workspace = folder.path.string();
  json input = select_input({"web"});
  input["options"] = {"debug"};
  const auto result = host.run(select_action, input);
  INFO(to_string(result));
  CHECK(result.output["files"] ==
        json{"compose.yml", "stacks/web/compose.web.yml", "stacks/web/compose.web.debug.yml"});
  CHECK(result.output["services"] == json{"web"});
  CHECK(result.output["options"] == json{"debug"});
  CHECK(result.output["project"] == "demoshop");
  CHECK(host.spawns.empty());
}

TEST_CASE("an unknown service is an error, or a warning where that was asked for", "[compose]") {
  const ProjectFolder folder(std::vector<std::string>{"compose.yml", "stacks/web/compose.web.yml"});
  Host host;
  host.workspace = folder.path.string();
  const auto refused = host.run(select_action, select_input({"wbe"}));
  CHECK(refused.errors.at(0).code == "compose.unknown_service");
  json input = select_input({"wbe", "web"});
  input["allowUnknown"] = true;
  const auto allowed = host.run(select_action, input);
  CHECK(allowed.ok());
  CHECK(allowed.warnings.size() == 1);
}

TEST_CASE("nothing chosen is an error", "[compose]") {
  const ProjectFolder folder(std::vector<std::string>{"stacks/web/compose.web.yml"});
  Host host;
  host.workspace = folder.path.string();
  json input = select_input({});
  input["base"] = json::array();
  CHECK(host.run(select_action, input).errors.at(0).code == "compose.nothing_selected");
}

TEST_CASE("what was looked for is told with its evidence", "[compose]") {
  const ProjectFolder folder(
      std::vector<std::string>{"compose.yml", "compose.web.yml", "compose.web.mdc.yml"});
  Host host;
  host.workspace = folder.path.string();
  host.environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", "/nowhere"}};
  host.on_invoke("compose.version", [](const json&) { return json{{"version", "2.40.3"}}; });
  json input = select_input({"web"});
  input["detect"] = true;
  const auto result = host.run(select_action, input);
  std::set<std::string> looked_for;
  for (const auto& found : result.output["detected"]) {
    looked_for.insert(found["capability"].get<std::string>());
    CHECK_FALSE(found["evidence"].get<std::string>().empty());
  }
  CHECK(looked_for == std::set<std::string>{"cdi", "mdc", "nvidia", "rocm"});
}

TEST_CASE("capabilities given by hand count without looking", "[compose]") {
  const ProjectFolder folder(
      std::vector<std::string>{"compose.yml", "compose.web.yml", "compose.web.nvidia.yml"});
  Host host;
  host.workspace = folder.path.string();
  json input = select_input({"web"});
  input["capabilities"] = {"nvidia"};
  const auto result = host.run(select_action, input);
  CHECK(result.output["files"] == json{"compose.yml", "compose.web.yml", "compose.web.nvidia.yml"});
  CHECK(result.output["capabilities"] == json{"nvidia"});
}

TEST_CASE("capabilities of the environment count like those given by hand", "[compose]") {
  const ProjectFolder folder(
      std::vector<std::string>{"compose.yml", "compose.web.yml", "compose.web.nvidia.yml"});
  Host host;
  host.workspace = folder.path.string();
  host.environment["HARBOR_CAPABILITIES"] = "nvidia,";
  CHECK(host.run(select_action, select_input({"web"})).output["capabilities"] == json{"nvidia"});
}

TEST_CASE("project names are normalised as Compose does", "[compose]") {
  CHECK(normalised_project_name("My.Shop_2") == "myshop_2");
  CHECK(normalised_project_name("--_a-b") == "a-b");
  CHECK(normalised_project_name("\xc3\xa9t\xc3\xa9").find('t') == 0);
  CHECK(project_name("", "/home/me/Demo 1") == "demo1");
  CHECK(project_name("shop", "/home/me/demo") == "shop");
  CHECK_THROWS_AS(project_name("", "/..."), harbor::Error);
}

}  // namespace
}  // namespace harbor::compose::test
