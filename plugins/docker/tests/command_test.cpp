// down, ps, logs, exec, build and pull.
#include <catch2/catch.hpp>

#include "action.hpp"
#include "script.hpp"

namespace harbor::docker::test {
namespace {

using testing::Host;

const json by_name = {{"project", "demo"}};

/// No volume is left, so that the claim goes with the rest.
void gives_claim_up(Host& host) {
  host.on_spawn({"docker", "volume", "ls"});
  host.on_spawn({"docker", "volume", "rm"});
}

json with(json input, const json& more) {
  input.update(more);
  return input;
}

TEST_CASE("down needs nothing but the project's name", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web")});
  host.on_spawn({"docker", "network", "ls"}).out("demo_default\n");
  gives_claim_up(host);
  on_words(host, {"down"});
  const auto result = host.run(down_action, by_name);
  INFO(to_string(result));
  CHECK(result.status == HARBOR_OK);
  const auto& down = spawn_with(host, {"down"});
  CHECK(down.argv == std::vector<std::string>{"docker", "compose", "--ansi", "never", "--progress",
                                              "plain", "--project-name", "demo", "down",
                                              "--remove-orphans"});
  CHECK(down.cwd == "/proc");
}

TEST_CASE("down where nothing is left changes nothing", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {});
  host.on_spawn({"docker", "network", "ls"});
  gives_claim_up(host);
  CHECK(host.run(down_action, by_name).status == HARBOR_UNCHANGED);
}

TEST_CASE("down takes a network away that lost its containers", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {});
  host.on_spawn({"docker", "network", "ls"}).out("demo_default\n");
  gives_claim_up(host);
  on_words(host, {"down"});
  CHECK(host.run(down_action, by_name).status == HARBOR_OK);
}

TEST_CASE("down asks for volumes only when they are to go", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {});
  host.on_spawn({"docker", "network", "ls"});
  host.on_spawn({"docker", "volume", "ls"}).out("demo_data\n");
  on_words(host, {"down"});
  const json input = with(by_name, {{"volumes", true}, {"stopTimeout", 3}});
  CHECK(host.run(down_action, input).status == HARBOR_OK);
  CHECK(has_words(spawn_with(host, {"down"}),
                  {"down", "--remove-orphans", "--volumes", "--timeout", "3"}));
  const auto plan = host.plan(down_action, input);
  CHECK(plan.output["changes"] ==
        json{{{"op", "delete"}, {"target", "volume demo_data"}, {"destructive", true}}});
}

TEST_CASE("down takes down what the project was called before", "[compose]") {
  Host host;
  host.on_spawn({"docker", "container", "ls"}).out("demo\nformer\nformer\n");
  has_engine(host);
  has_containers(host, {container("web")});
  host.on_spawn({"docker", "network", "ls"});
  host.on_spawn({"docker", "volume", "ls"});
  on_words(host, {"down"});
  CHECK(host.run(down_action, by_name).status == HARBOR_OK);
  CHECK(has_spawned(host, {"--project-name", "demo", "down"}));
  CHECK(has_spawned(host, {"--project-name", "former", "down"}));
  CHECK(host.plan(down_action, by_name).output["changes"].size() == 2);
}

TEST_CASE("down of single services refuses unknown ones", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web")});
  const auto result = host.run(down_action, with(by_name, {{"services", {"wbe"}}}));
  CHECK(result.errors.at(0).code == "compose.unknown_service");
  CHECK(result.errors.at(0).hint == "did you mean 'web'?");
}

TEST_CASE("down that cannot list fails", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {});
  host.on_spawn({"docker", "network", "ls"}).exit(1).err("Error response from daemon: broken\n");
  CHECK(host.run(down_action, by_name).status == HARBOR_E_FAILED);
}

TEST_CASE("ps prints a table and tells the same as data", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web"), container("db", "exited", 127)});
  const auto result = host.run(ps_action, by_name);
  CHECK(result.output["text"] ==
        "SERVICE  STATE                                    PORTS           IMAGE\n"
        "db       exited with code 127, command not found  8088->8080/tcp  demo-db\n"
        "web      running                                  8088->8080/tcp  demo-web\n");
  CHECK(result.output["containers"].size() == 2);
  CHECK(result.output["containers"][0]["exitCode"] == 127);
}

TEST_CASE("ps of nothing says how to start it", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {});
  CHECK(host.run(ps_action, by_name).output["text"] ==
        "Nothing is deployed here. `harbor up` starts it.\n");
}

TEST_CASE("a container that goes away while it is looked at is looked for again", "[compose]") {
  Host host;
  has_engine(host);
  host.on_spawn({"docker", "ps", "--all"}).out("id-web\n").times(1);
  host.on_spawn({"docker", "inspect"}).exit(1).err("Error: No such container: id-web\n").times(1);
  has_containers(host, {});
  CHECK(host.run(ps_action, by_name).output["containers"].empty());
}

TEST_CASE("logs talks to the user and takes its options", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web")});
  on_words(host, {"logs"});
  host.run(logs_action,
           with(by_name, {{"follow", true}, {"tail", 5}, {"since", "10m"}, {"services", {"web"}}}));
  const auto& logs = spawn_with(host, {"logs"});
  CHECK(has_words(logs, {"--project-name", "demo", "logs", "--follow", "--tail", "5", "--since",
                         "10m", "web"}));
  CHECK((logs.flags & HARBOR_SPAWN_ATTACH) != 0);
}

TEST_CASE("exec passes the command and its exit status on", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web")});
  on_words(host, {"exec"}).exit(5);
  const auto result = host.run(
      exec_action,
      with(by_name, {{"service", "web"}, {"command", {"sh", "-c", "exit 5"}}, {"user", "me"}}));
  CHECK(result.status == HARBOR_OK);
  CHECK(result.output["exitCode"] == 5);
  const auto& exec = spawn_with(host, {"exec"});
  CHECK(has_words(exec, {"--user", "me", "web", "sh", "-c", "exit 5"}));
  CHECK((exec.flags & HARBOR_SPAWN_ATTACH) != 0);
}

TEST_CASE("exec in a service that does not run says so", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web", "exited", 1)});
  const auto result =
      host.run(exec_action, with(by_name, {{"service", "web"}, {"command", {"ls"}}}));
  CHECK(result.errors.at(0).code == "compose.not_running");
  CHECK(result.errors.at(0).message == "service 'web' is not running: it is exited with code 1");
}

TEST_CASE("build and pull work with the chosen files", "[compose]") {
  Host host;
  has_engine(host);
  on_words(host, {"build"});
  on_words(host, {"pull"});
  CHECK(host.run(build_action, with(up_input(), {{"noCache", true}, {"pull", true}})).ok());
  CHECK(host.run(pull_action, with(up_input(), {{"policy", "missing"}})).ok());
  CHECK(has_words(spawn_with(host, {"build"}),
                  {"stacks/web/compose.web.yml", "build", "--no-cache", "--pull"}));
  CHECK(
      has_words(spawn_with(host, {"pull"}), {"pull", "--ignore-buildable", "--policy", "missing"}));
}

TEST_CASE("a pull that fails says which image", "[compose]") {
  Host host;
  has_engine(host);
  on_words(host, {"pull"})
      .exit(1)
      .err(
          "Error response from daemon: manifest for acme/web:9 not found: manifest unknown: "
          "manifest unknown\n");
  const auto result = host.run(pull_action, up_input());
  CHECK(result.errors.at(0).code == "compose.image_missing");
  CHECK(result.errors.at(0).message == "the image acme/web:9 could not be pulled");
}

}  // namespace
}  // namespace harbor::docker::test
