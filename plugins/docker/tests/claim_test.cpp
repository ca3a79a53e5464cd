#include <catch2/catch.hpp>

#include "action.hpp"
#include "script.hpp"

namespace harbor::docker::test {
namespace {

using testing::Host;

void is_unclaimed(Host& host) {
  host.on_spawn({"docker", "volume", "inspect"})
      .exit(1)
      .err("Error response from daemon: get harbor-claim-demo: no such volume\n")
      .times(1);
  host.on_spawn({"docker", "volume", "create"}).out("harbor-claim-demo\n");
}

TEST_CASE("a name is claimed before anything is made", "[compose]") {
  Host host;
  is_unclaimed(host);
  has_engine(host);
  has_containers(host, {}, 1);
  has_containers(host, {container("web")});
  on_words(host, {"up"});
  CHECK(host.run(up_action, up_input()).ok());
  CHECK(has_words(spawn_with(host, {"volume", "create"}),
                  {"--label", "io.harbor.workspace=/workspace", "harbor-claim-demo"}));
}

TEST_CASE("who is second to claim a name starts nothing", "[compose]") {
  Host host;
  is_unclaimed(host);  // and then the other one has it
  is_claimed(host, "/elsewhere");
  has_engine(host);
  has_containers(host, {});
  const auto result = host.run(up_action, up_input());
  CHECK(result.errors.at(0).code == "compose.project_taken");
  CHECK(result.errors.at(0).message.find("/elsewhere") != std::string::npos);
  CHECK_FALSE(has_spawned(host, {"up"}));
}

TEST_CASE("adopting takes over the claim and makes the containers anew", "[compose]") {
  Host host;
  is_claimed(host, "/elsewhere", 1);
  host.on_spawn({"docker", "volume", "rm"});
  host.on_spawn({"docker", "volume", "create"});
  has_engine(host);
  json foreign = container("web");
  foreign["labels"]["com.docker.compose.project.working_dir"] = "/elsewhere";
  has_containers(host, {foreign}, 1);
  has_containers(host, {container("web")});
  on_words(host, {"up"});
  json input = up_input();
  input["adopt"] = true;
  CHECK(host.run(up_action, input).ok());
  CHECK(has_words(spawn_with(host, {"up"}), {"--force-recreate"}));
}

TEST_CASE("volumes of a name that another folder claims are not removed", "[compose]") {
  Host host;
  is_claimed(host, "/elsewhere");
  has_engine(host);
  has_containers(host, {});
  const auto result = host.run(down_action, {{"project", "demo"}, {"volumes", true}});
  CHECK(result.errors.at(0).code == "compose.project_taken");
  CHECK_FALSE(has_spawned(host, {"down"}));
}

TEST_CASE("the claim goes with the last volume", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web")}, 1);
  has_containers(host, {});
  host.on_spawn({"docker", "network", "ls"});
  on_words(host, {"down"});
  SECTION("nothing is left") {
    host.on_spawn({"docker", "volume", "ls"});
    host.on_spawn({"docker", "volume", "rm"});
    CHECK(host.run(down_action, {{"project", "demo"}}).ok());
    CHECK(has_spawned(host, {"docker", "volume", "rm", "harbor-claim-demo"}));
  }
  SECTION("data is left") {
    host.on_spawn({"docker", "volume", "ls"}).out("demo_data\n");
    CHECK(host.run(down_action, {{"project", "demo"}}).ok());
    CHECK_FALSE(has_spawned(host, {"docker", "volume", "rm"}));
  }
}

TEST_CASE("ps and logs refuse the containers of another folder", "[compose]") {
  Host host;
  has_engine(host);
  json foreign = container("web");
  foreign["labels"]["com.docker.compose.project.working_dir"] = "/elsewhere";
  has_containers(host, {foreign});
  const json input = {{"project", "demo"}};
  CHECK(host.run(ps_action, input).errors.at(0).code == "compose.project_taken");
  CHECK(host.run(logs_action, input).errors.at(0).code == "compose.project_taken");
}

}  // namespace
}  // namespace harbor::docker::test
