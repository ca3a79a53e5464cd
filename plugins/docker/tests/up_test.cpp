#include <catch2/catch.hpp>

#include "action.hpp"
#include "script.hpp"

namespace harbor::docker::test {
namespace {

using testing::Host;

TEST_CASE("up calls Compose with the project, its folder and its files", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {}, 1);
  has_containers(host, {container("web")});
  on_words(host, {"up"});
  const auto result = host.run(up_action, up_input());
  INFO(to_string(result));
  CHECK(result.status == HARBOR_OK);
  CHECK(spawn_with(host, {"up"}).argv ==
        std::vector<std::string>{"docker", "compose", "--ansi", "never", "--progress", "plain",
                                 "--project-name", "demo", "--project-directory", "/workspace",
                                 "--file", "compose.yml", "--file", "stacks/web/compose.web.yml",
                                 "up", "--detach", "--wait", "--wait-timeout", "600"});
  CHECK(result.output["containers"][0]["service"] == "web");
}

TEST_CASE("options of up become options of Compose", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web")});
  on_words(host, {"up"});
  json input = up_input();
  input.update({{"waitTimeout", 5},
                {"removeOrphans", true},
                {"build", true},
                {"recreate", true},
                {"pull", "never"}});
  host.run(up_action, input);
  CHECK(has_words(spawn_with(host, {"up"}),
                  {"up", "--detach", "--wait", "--wait-timeout", "5", "--remove-orphans", "--build",
                   "--force-recreate", "--pull", "never"}));
}

TEST_CASE("plain values go into a file in memory, secrets into the environment", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web")});
  on_words(host, {"up"});
  json input = up_input();
  input["env"] = {{"PORT", "80"}, {"NAME", "it's $5"}, {"TOKEN", host.secret("s3cr3t-value")}};
  host.run(up_action, input);
  const auto& up = spawn_with(host, {"up"});
  CHECK(has_words(up, {"--env-file", "/proc/self/fd/3"}));
  REQUIRE(up.files.size() == 1);
  CHECK_FALSE(up.files[0].has_secret);
  CHECK(up.files[0].value.find("PORT='80'") != std::string::npos);
  CHECK(up.files[0].value.find("TOKEN") == std::string::npos);
  CHECK(up.env.at("TOKEN").value == "s3cr3t-value");
  CHECK(up.env.at("TOKEN").has_secret);
  CHECK(up.env.count("PORT") == 0);
}

TEST_CASE("values of single services join unless services disagree", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web")});
  on_words(host, {"up"});
  json input = up_input();
  input["env"] = json::object({{"LEVEL", "info"}});
  input["serviceEnv"] = {{"a", {{"A", "1"}, {"LEVEL", "debug"}}},
                         {"b", {{"A", "1"}, {"LEVEL", "trace"}}}};
  host.run(up_action, input);
  const auto& text = spawn_with(host, {"up"}).files.at(0).value;
  CHECK(text.find("A='1'") != std::string::npos);
  CHECK(text.find("LEVEL='info'") != std::string::npos);
}

TEST_CASE("without an env artifact Compose is left to its own .env", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web")});
  on_words(host, {"up"});
  host.run(up_action, up_input());
  CHECK_FALSE(has_spawned(host, {"--env-file"}));
}

TEST_CASE("up of what runs already changes nothing", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web")});
  on_words(host, {"up"}).err(" Container demo-web-1  Running\n");
  CHECK(host.run(up_action, up_input()).status == HARBOR_UNCHANGED);
}

TEST_CASE("a container that was started anew is a change", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web")}, 1);
  json again = container("web");
  again["state"]["StartedAt"] = "2026-01-01T00:00:09Z";
  has_containers(host, {again});
  on_words(host, {"up"});
  CHECK(host.run(up_action, up_input()).status == HARBOR_OK);
}

TEST_CASE("lines of Compose become progress and warnings", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web")});
  on_words(host, {"up"})
      .err(
          " Container demo-web-1  Starting\n"
          "time=\"t\" level=warning msg=\"The \\\"A\\\" variable is not set. Defaulting to a blank "
          "string.\"\n"
          "time=\"t\" level=warning msg=\"Found orphan containers ([demo-old-1]) for this "
          "project.\"\n"
          "time=\"t\" level=warning msg=\"Docker Compose is configured to build using Bake, but "
          "buildx isn't installed\"\n");
  const auto result = host.run(up_action, up_input());
  REQUIRE(host.progress.size() == 1);
  CHECK(host.progress[0].what == "web-1 starting");
  REQUIRE(result.warnings.size() == 1);
  CHECK(result.warnings[0].code == "compose.unset_variable");
  CHECK(result.warnings[0].message == "a compose file uses ${A}, which has no value");
}

// ---- What can go wrong before Compose runs

TEST_CASE("a missing docker is named", "[compose]") {
  Host host;
  host.on_spawn({"docker"}).refused(HARBOR_E_UNAVAILABLE);
  const auto result = host.run(up_action, up_input());
  CHECK(result.status == HARBOR_E_UNAVAILABLE);
  CHECK(result.errors.at(0).code == "compose.engine_missing");
}

TEST_CASE("an engine that never answers is given five seconds", "[compose]") {
  Host host;
  host.on_spawn({"docker", "version"}).refused(HARBOR_E_TIMEOUT);
  const auto result = host.run(up_action, up_input());
  CHECK(result.status == HARBOR_E_UNAVAILABLE);
  CHECK(result.errors.at(0).code == "compose.daemon_timeout");
  CHECK(host.spawns.at(0).timeout == std::chrono::seconds(5));
}

TEST_CASE("an engine that is not there stops everything else", "[compose]") {
  Host host;
  host.on_spawn({"docker", "version"})
      .exit(1)
      .err(
          "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker "
          "daemon running?\n");
  const auto result = host.run(up_action, up_input());
  CHECK(result.errors.at(0).code == "compose.daemon_unavailable");
  CHECK(host.spawns.size() == 1);
}

TEST_CASE("an old Compose is refused with both versions", "[compose]") {
  Host host;
  host.on_spawn({"docker", "version"}).out("28\n");
  host.on_spawn({"docker", "compose", "version"}).out("2.17.3\n");
  const auto result = host.run(up_action, up_input());
  CHECK(result.status == HARBOR_E_UNAVAILABLE);
  CHECK(result.errors.at(0).code == "compose.too_old");
  CHECK(result.errors.at(0).message == "Docker Compose is 2.17.3, and 2.23.1 or later is needed");
}

TEST_CASE("a docker without Compose is told so", "[compose]") {
  Host host;
  host.on_spawn({"docker", "version"}).out("28\n");
  host.on_spawn({"docker", "compose", "version"}).exit(125).err("unknown flag: --short\n");
  CHECK(host.run(up_action, up_input()).errors.at(0).code == "compose.compose_missing");
}

TEST_CASE("containers that cannot be listed are not none", "[compose]") {
  Host host;
  has_engine(host);
  host.on_spawn({"docker", "ps"}).exit(1).err("Error response from daemon: broken\n");
  const auto result = host.run(up_action, up_input());
  CHECK(result.status == HARBOR_E_FAILED);
  CHECK(result.errors.at(0).code == "compose.failed");
  CHECK_FALSE(has_spawned(host, {"up"}));
}

TEST_CASE("containers of another folder with the same name are left alone", "[compose]") {
  Host host;
  has_engine(host);
  json foreign = container("web");
  foreign["labels"]["com.docker.compose.project.working_dir"] = "/other/demo";
  has_containers(host, {foreign});
  const auto result = host.run(up_action, up_input());
  CHECK(result.errors.at(0).code == "compose.project_taken");
  CHECK(result.errors.at(0).message == "the Compose project 'demo' belongs to /other/demo");
  CHECK_FALSE(has_spawned(host, {"up"}));
}

TEST_CASE("the pack that reads compose files is asked before anything is started", "[compose]") {
  Host host;
  host.on_invoke("compose.check", [](const json&) { return json(); });
  json input = up_input();
  input["native"] = {"ollama"};
  CHECK(host.run(up_action, input, HARBOR_OP_VALIDATE).ok());
  REQUIRE(host.invocations.size() == 1);
  CHECK(host.invocations[0].second ==
        json{{"files", input["files"]}, {"native", {"ollama"}}, {"unset", false}});
  CHECK(host.spawns.empty());
}

TEST_CASE("what the check finds stops a start, and its absence does not", "[compose]") {
  Host host;
  host.refuse("invoke", HARBOR_E_INPUT);
  CHECK(host.run(up_action, up_input(), HARBOR_OP_VALIDATE).status == HARBOR_E_INPUT);
  host.refuse("invoke", HARBOR_E_UNSUPPORTED);
  CHECK(host.run(up_action, up_input(), HARBOR_OP_VALIDATE).ok());
}

// ---- What can go wrong in Compose

TEST_CASE("a service that ends is named with its code and last words", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {}, 1);
  has_containers(host, {container("web", "exited", 137)});
  on_words(host, {"up"})
      .exit(1)
      .err(" Container demo-web-1  Waiting\ncontainer demo-web-1 exited (137)\n");
  host.on_spawn({"docker", "logs"}).out("loading\n").err("out of memory\n");
  const auto result = host.run(up_action, up_input());
  const auto& error = result.errors.at(0);
  CHECK(error.code == "compose.exited");
  CHECK(error.message == "service 'web' exited with code 137, killed from outside");
  CHECK(error.hint.starts_with("give it more memory"));
  CHECK(error.detail["causes"] == json{"web | loading", "web | out of memory"});
}

TEST_CASE("a sick service shows what its check said", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {}, 1);
  json sick = container("db");
  sick["state"]["Health"] = {{"Status", "unhealthy"}, {"Log", {{{"Output", "not ready\n"}}}}};
  has_containers(host, {container("web", "created"), sick});
  on_words(host, {"up"})
      .exit(1)
      .err("dependency failed to start: container demo-db-1 is unhealthy\n");
  host.on_spawn({"docker", "logs"});
  const auto result = host.run(up_action, up_input());
  const auto& error = result.errors.at(0);
  CHECK(error.code == "compose.unhealthy");
  CHECK(error.message == "service 'db' is running, unhealthy");
  CHECK(error.detail["causes"] == json{"health check: not ready"});
}

TEST_CASE("a taken port is blamed on the container that has it", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {}, 1);
  has_containers(host, {container("web", "created")});
  on_words(host, {"up"})
      .exit(1)
      .err(
          "Error response from daemon: driver failed programming external connectivity on endpoint "
          "demo-web-1 (b468): Bind "
          "for 0.0.0.0:8088 failed: port is already allocated\n");
  on_words(host, {"--filter", "publish=8088"}).out("other-web-1 other\n");
  const auto result = host.run(up_action, up_input());
  const auto& error = result.errors.at(0);
  CHECK(error.code == "compose.port_taken");
  CHECK(error.message == "port 8088 is taken: the container other-web-1 listens on it");
  CHECK(error.detail["causes"] == json{"service 'web' publishes it"});
}

TEST_CASE("a failed build shows its last lines", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {});
  on_words(host, {"up"})
      .exit(1)
      .out(
          "#5 [b 2/2] RUN make\n#5 ERROR: exit code: 1\n------\n > [b 2/2] RUN make:\n0.4 no "
          "rule\n------\n")
      .err("failed to solve: executor failed running [/bin/sh -c make]: exit code: 1\n");
  const auto& result = host.run(up_action, up_input());
  CHECK(result.errors.at(0).code == "compose.build_failed");
  CHECK(result.errors.at(0).detail["causes"] == json{"> [b 2/2] RUN make:", "0.4 no rule"});
}

TEST_CASE("services that are late are told before the step's time is over", "[compose]") {
  Host host;
  host.deadline_in(std::chrono::seconds(120));
  has_engine(host);
  json starting = container("web");
  starting["state"]["Health"] = {{"Status", "starting"}, {"Log", json::array()}};
  has_containers(host, {starting});
  on_words(host, {"up"}).refused(HARBOR_E_TIMEOUT);
  host.on_spawn({"docker", "logs"}).out("loading\n");
  const auto result = host.run(up_action, up_input());
  CHECK(result.status == HARBOR_E_TIMEOUT);
  CHECK(result.errors.at(0).code == "compose.unhealthy");
  CHECK(result.errors.at(0).message == "service 'web' is running, starting");
  CHECK(spawn_with(host, {"up"}).timeout < std::chrono::seconds(106));
}

TEST_CASE("a cancelled up says nothing of its own", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {});
  on_words(host, {"up"}).refused(HARBOR_E_CANCELLED);
  const auto result = host.run(up_action, up_input());
  CHECK(result.status == HARBOR_E_CANCELLED);
  CHECK(result.errors.empty());
}

// ---- plan and status

TEST_CASE("the plan tells new, changed, stopped and unwanted services", "[compose]") {
  Host host;
  json changed = container("changed");
  changed["labels"]["io.harbor.digest"] = R"({"service":"old"})";
  is_claimed(host, "/workspace");
  has_containers(
      host, {changed, container("same"), container("stopped", "exited", 1), container("gone")});
  has_services(host, {wanted("changed"), wanted("new"), wanted("same"), wanted("stopped")});
  json input = up_input();
  input["removeOrphans"] = true;
  const auto result = host.plan(up_action, input);
  INFO(to_string(result));
  const json& changes = result.output["changes"];
  REQUIRE(changes.size() == 4);
  CHECK(changes[0]["op"] == "update");
  CHECK(changes[0]["target"] == "service changed");
  CHECK(changes[1]["op"] == "create");
  CHECK(changes[1]["target"] == "service new");
  CHECK(changes[2]["summary"] == "is exited with code 1: start");
  CHECK(changes[3]["op"] == "delete");
  CHECK(changes[3]["target"] == "service gone");
}

TEST_CASE("a plan of what runs already is empty, and needs three looks at the engine",
          "[compose]") {
  Host host;
  is_claimed(host, "/workspace");
  has_containers(host, {container("web")});
  has_services(host, {wanted("web")});
  CHECK(host.plan(up_action, up_input()).output["changes"].empty());
  CHECK(host.spawns.size() == 3);
  CHECK(host.invocations.at(0).second["unset"] == true);
}

TEST_CASE("without a pack that reads compose files the plan cannot tell", "[compose]") {
  Host host;
  is_claimed(host, "/workspace");
  has_containers(host, {container("web")});
  host.refuse("invoke", HARBOR_E_UNSUPPORTED);
  CHECK(host.plan(up_action, up_input()).output["changes"][0]["op"] == "run");
}

// ---- digests

TEST_CASE("every service is labelled with its digests", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web")});
  json service = wanted("web");
  service["parts"]["$a"] = "1";
  has_services(host, {service});
  on_words(host, {"up"});
  json input = up_input();
  input["file"] = "services: {web: {image: x}}\n";
  REQUIRE(host.run(up_action, input).ok());
  CHECK(has_words(spawn_with(host, {"up"}), {"--file", "/workspace/var/run/compose.yml", "--file",
                                             "/workspace/var/run/compose.label.yml", "up"}));
  const json labels = json::parse(host.files.at("compose.label.yml").text);
  CHECK(labels["services"]["web"]["labels"]["io.harbor.digest"] ==
        R"({"$$a":"1","service":"web"})");
}

TEST_CASE("what is built from other files is built before, what is paused goes on", "[compose]") {
  Host host;
  has_engine(host);
  json built = wanted("built");
  built["parts"]["build"] = "2";
  has_containers(host, {container("built"), container("held", "paused")});
  has_services(host, {built, wanted("held")});
  on_words(host, {"unpause", "id-held"});
  on_words(host, {"build", "built"});
  on_words(host, {"up"});
  REQUIRE(host.run(up_action, up_input()).ok());
  CHECK(has_spawned(host, {"unpause", "id-held"}));
  CHECK(has_spawned(host, {"build", "built"}));
}

TEST_CASE("changed content is told by the signal that the service asked for", "[compose]") {
  Host host;
  has_engine(host);
  json service = wanted("web");
  service.update({{"onChange", "SIGHUP"}, {"content", {{"var/run/web", "1"}}}});
  has_containers(host, {container("web")});
  has_services(host, {service});
  on_words(host, {"up"});
  on_words(host, {"kill", "--signal", "SIGHUP", "id-web"});
  CHECK(host.run(up_action, up_input()).status == HARBOR_OK);
  CHECK(has_spawned(host, {"kill", "--signal", "SIGHUP", "id-web"}));
  CHECK(json::parse(host.files.at("compose.content.json").text) ==
        json{{"id-web", {{"var/run/web", "1"}}}});
}

TEST_CASE("orphans are told of, but not where a part was asked for by name", "[compose]") {
  const auto warnings = [](const json& more) {
    Host host;
    is_claimed(host, "/workspace");
    has_containers(host, {container("web"), container("old")});
    has_services(host, {wanted("web")});
    json input = up_input();
    input.update(more);
    return host.plan(up_action, input).warnings;
  };
  REQUIRE(warnings({{"profile", "default"}, {"services", {"web"}}}).size() == 1);
  CHECK(warnings(json::object()).at(0).code == "compose.orphans");
  CHECK(warnings({{"services", {"web"}}}).empty());
}

TEST_CASE("the state of a deployment", "[compose]") {
  const auto state = [](const std::vector<json>& containers) {
    Host host;
    has_engine(host);
    has_containers(host, containers);
    return host.run(up_action, up_input(), HARBOR_OP_STATUS).output;
  };
  CHECK(state({})["state"] == "absent");
  CHECK(state({container("a"), container("b")})["state"] == "running");
  CHECK(state({container("a"), container("b")})["summary"] == "2 of 2 running");
  CHECK(state({container("a"), container("b", "exited", 1)})["state"] == "degraded");
  CHECK(state({container("a"), container("init", "exited", 0)})["state"] == "running");
  CHECK(state({container("a", "exited", 1)})["state"] == "stopped");
  CHECK(state({container("a")})["items"][0]["detail"] == "8088->8080/tcp");
}

}  // namespace
}  // namespace harbor::docker::test
