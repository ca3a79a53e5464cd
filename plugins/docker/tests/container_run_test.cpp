// container.run against a scripted `docker`; its texts are recorded from Docker 20.10 to 28.
#include <catch2/catch.hpp>

#include "action.hpp"
#include "failure_table.hpp"
#include "script.hpp"

namespace harbor::docker::test {
namespace {

using testing::Host;

json run_input(const json& more = json::object()) {
  json input = {{"image", "acme/tool:1"}, {"command", {"check", "--all"}}};
  input.update(more);
  return input;
}

/// A host whose engine has no container of this project.
void has_empty_engine(Host& host) { host.on_spawn({"docker", "ps"}); }

const RecordedSpawn& run_of(const Host& host) { return spawn_with(host, {"docker", "run"}); }

testing::Result run_with(int status, const std::string& err, const json& more = json::object()) {
  Host host;
  has_empty_engine(host);
  host.on_spawn({"docker", "run"}).exit(status).err(err);
  return host.run(run_action, run_input(more));
}

TEST_CASE("a container is shut off from everything that is not given", "[container]") {
  Host host;
  has_empty_engine(host);
  host.on_spawn({"docker", "run"}).out("fine\n");
  const auto result = host.run(run_action, run_input());
  INFO(to_string(result));
  CHECK(result.output ==
        json{{"exitCode", 0}, {"out", "fine\n"}, {"err", ""}, {"truncated", false}});
  const auto& run = run_of(host);
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--rm"},
                                             {"--init"},
                                             {"--read-only"},
                                             {"--network", "none"},
                                             {"--cap-drop", "ALL"},
                                             {"--security-opt", "no-new-privileges"},
                                             {"--pids-limit", "256"},
                                             {"--memory", "512m"},
                                             {"--ipc", "none"},
                                             {"--log-driver", "none"},
                                             {"--label", "io.harbor.run=run-1"},
                                             {"--label", "io.harbor.workspace=/workspace"},
                                             {"--", "acme/tool:1", "check", "--all"}}) {
    INFO(testing::join(words));
    CHECK(has_words(run, words));
  }
  CHECK((run.flags & HARBOR_SPAWN_QUIET) == 0);
  CHECK_FALSE(has_spawned(host, {"docker", "rm"}));
}

TEST_CASE("what is given is opened", "[container]") {
  Host host;
  has_empty_engine(host);
  host.on_spawn({"docker", "run"});
  host.run(run_action,
           run_input({{"network", "host"},
                      {"user", "1000:1000"},
                      {"workingFolder", "/work"},
                      {"containerName", "hook-1"},
                      {"labels", json::object({{"a", "b"}})},
                      {"memory", "2g"},
                      {"pids", 9},
                      {"readOnlyRoot", false},
                      {"capDrop", {"NET_RAW"}},
                      {"tmpfs", {"/tmp"}},
                      {"pull", "never"},
                      {"mounts",
                       {{{"source", "hooks"}, {"target", "/hooks"}},
                        {{"source", "/srv/a,b"}, {"target", "/b"}, {"readOnly", false}}}}}));
  const auto& run = run_of(host);
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"--network", "host"},
           {"--user", "1000:1000"},
           {"--workdir", "/work"},
           {"--name", "hook-1"},
           {"--label", "a=b"},
           {"--memory", "2g"},
           {"--pids-limit", "9"},
           {"--cap-drop", "NET_RAW"},
           {"--tmpfs", "/tmp"},
           {"--pull", "never"},
           {"--mount", "type=bind,source=/workspace/hooks,target=/hooks,readonly"},
           {"--mount", "type=bind,\"source=/srv/a,b\",target=/b"}}) {
    INFO(testing::join(words));
    CHECK(has_words(run, words));
  }
  CHECK_FALSE(has_words(run, {"--read-only"}));
}

TEST_CASE("secrets reach a container by name alone", "[container]") {
  Host host;
  has_empty_engine(host);
  host.on_spawn({"docker", "run"});
  const json token = host.secret("swordfish"), words = host.secret("open sesame");
  host.run(run_action, run_input({{"env", {{"MODE", "a b"}, {"TOKEN", token}}}, {"stdin", words}}));
  const auto& run = run_of(host);
  CHECK(has_words(run, {"--env", "MODE=a b"}));
  CHECK(has_words(run, {"--env", "TOKEN"}));
  CHECK(run.env.at("TOKEN").value == "swordfish");
  CHECK(has_words(run, {"--interactive"}));
  CHECK(run.input.value == "open sesame");
}

TEST_CASE("an input that docker would take for something else is refused", "[container]") {
  Host host;
  const json secret = host.secret("swordfish");
  const auto result =
      host.run(run_action,
               run_input({{"env", {{"A-B", "1"}, {"DOCKER_HOST", secret}, {"N", 1}}},
                          {"mounts", json::array({{{"source", "a"}, {"target", "b"}}})},
                          {"memory", "lots"}}),
               HARBOR_OP_VALIDATE);
  CHECK(result.status == HARBOR_E_INPUT);
  std::vector<std::string> pointers;
  for (const auto& error : result.errors) {
    CHECK(error.code == "container.input");
    pointers.push_back(error.pointer);
  }
  CHECK(pointers ==
        std::vector<std::string>{"/env", "/env", "/env", "/mounts/0/target", "/memory"});
  CHECK(host.spawns.empty());
  CHECK(host.run(run_action, run_input({{"memory", "1g"}}), HARBOR_OP_VALIDATE).ok());
}

TEST_CASE("what docker refuses, and how a command ends, have codes of their own", "[container]") {
  struct Case {
    int status;
    const char* err;
    const char* code;
    const char* message;
  };
  const Case cases[] = {
      {125,
       "docker: Error response from daemon: invalid mount config for type \"bind\": bind source "
       "path does not exist: /workspace/hooks.\nSee 'docker run --help'.\n",
       "container.refused",
       "Error response from daemon: invalid mount config for type \"bind\": bind source path does "
       "not exist: /workspace/hooks"},
      {125,
       "Unable to find image 'acme/tool:1' locally\ndocker: Error response from daemon: pull "
       "access "
       "denied for acme/tool, repository does not exist or may require 'docker login'.\n",
       "compose.image_missing", "the image acme/tool could not be pulled"},
      {126,
       "docker: Error response from daemon: failed to create task for container: exec: \"check\": "
       "permission denied: unknown.\n",
       "container.not_executable", "'check' cannot be executed in acme/tool:1"},
      {127,
       "docker: Error response from daemon: failed to create task for container: exec: \"check\": "
       "executable file not found in $PATH: unknown.\n",
       "container.command_missing", "'check' is not found in acme/tool:1"},
      {127, "sh: nosuch: not found\n", "container.command_missing",
       "'check' is not found in acme/tool:1"},
      {137, "", "container.killed", "'check' was killed"},
      {143, "", "container.terminated", "'check' was told to stop"},
      {3, "no\n", "container.failed", "'check' ended with status 3"},
      {125, "no\n", "container.failed", "'check' ended with status 125"},
  };
  for (const Case& each : cases) {
    INFO(each.err);
    const auto result = run_with(each.status, each.err);
    REQUIRE(result.errors.size() == 1);
    CHECK(result.errors[0].code == each.code);
    CHECK(result.errors[0].message == each.message);
    CHECK_FALSE(result.errors[0].hint.empty());
    CHECK(std::any_of(failure_table.begin(), failure_table.end(),
                      [&](const Failure& known) { return known.code == result.errors[0].code; }));
  }
}

TEST_CASE("without a check the status of the command is an output", "[container]") {
  for (const int status : {3, 125, 126, 127, 137, 143}) {
    const auto result = run_with(status, "no\n", {{"check", false}});
    CHECK(result.ok());
    CHECK(result.output["exitCode"] == status);
  }
  CHECK(run_with(127, "docker: Error response from daemon: executable file not found.\n",
                 {{"check", false}})
            .errors.at(0)
            .code == "container.command_missing");
}

TEST_CASE("of long outputs the end is kept", "[container]") {
  Host host;
  has_empty_engine(host);
  host.on_spawn({"docker", "run"}).out(std::string(300 * 1024, 'a') + "\xC3\xA9nd");
  const auto result = host.run(run_action, run_input());
  CHECK(result.output["truncated"] == true);
  const auto out = result.output["out"].get<std::string>();
  CHECK(out.size() <= 256 * 1024);
  CHECK(out.ends_with("a\xC3\xA9nd"));
}

TEST_CASE("a container that is interrupted is ended by its name and swept by its label",
          "[container]") {
  const auto status = GENERATE(as<harbor_status>(), HARBOR_E_CANCELLED, HARBOR_E_TIMEOUT);
  Host host;
  host.on_spawn({"docker", "ps"}).times(1);
  host.on_spawn({"docker", "run"}).refused(status);
  host.on_spawn({"docker", "rm"}).exit(1).err("Error: No such container: hook-1\n").times(1);
  host.on_spawn({"docker", "ps"}).out("id-late run-1\nid-other run-0\n");
  host.on_spawn({"docker", "rm"});
  const auto result = host.run(run_action, run_input({{"containerName", "hook-1"}}));
  CHECK(result.status == status);
  REQUIRE(host.spawns.size() == 5);
  CHECK(has_words(host.spawns[2], {"rm", "--force", "--volumes", "hook-1"}));
  CHECK(has_words(host.spawns[3], {"--filter", "label=io.harbor.workspace=/workspace"}));
  CHECK(has_words(host.spawns[4], {"rm", "--force", "--volumes", "id-late"}));
  CHECK_FALSE(has_words(host.spawns[4], {"id-other"}));
  for (const std::size_t i : {2U, 3U, 4U})
    CHECK((host.spawns[i].flags & HARBOR_SPAWN_CLEAN_UP) != 0);
}

TEST_CASE("a container that may be left is told", "[container]") {
  Host host;
  has_empty_engine(host);
  host.on_spawn({"docker", "run"}).refused(HARBOR_E_CANCELLED);
  host.on_spawn({"docker", "rm"}).refused(HARBOR_E_TIMEOUT);
  const auto result = host.run(run_action, run_input({{"containerName", "hook-1"}}));
  CHECK(result.status == HARBOR_E_CANCELLED);
  CHECK(result.warnings.at(0).code == "container.left");
}

TEST_CASE("containers that an earlier run left are taken away first", "[container]") {
  Host host;
  host.on_spawn({"docker", "ps"}).out("id-old run-0\nid-mine run-1\n");
  host.on_spawn({"docker", "rm"});
  host.on_spawn({"docker", "run"});
  CHECK(host.run(run_action, run_input()).ok());
  CHECK(host.spawns.at(1).argv ==
        std::vector<std::string>{"docker", "rm", "--force", "--volumes", "id-old"});
}

TEST_CASE("without an engine no container is run", "[container]") {
  Host host;
  host.on_spawn({"docker", "ps"})
      .exit(1)
      .err(
          "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker "
          "daemon running?\n");
  CHECK(host.run(run_action, run_input()).errors.at(0).code == "compose.daemon_unavailable");
  Host bare;
  bare.on_spawn({"docker"}).refused(HARBOR_E_UNAVAILABLE);
  CHECK(bare.run(run_action, run_input()).errors.at(0).code == "compose.engine_missing");
}

TEST_CASE("the plan says what would run", "[container]") {
  Host host;
  CHECK(host.plan(run_action, run_input()).output["changes"] ==
        json{{{"op", "run"}, {"target", "container of acme/tool:1"}, {"summary", "check --all"}}});
}

}  // namespace
}  // namespace harbor::docker::test
