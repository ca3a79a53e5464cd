// Texts as Compose 2.40 and Docker 20.10 to 28 print them.
#include "failure.hpp"

#include <catch2/catch.hpp>

#include "failure_table.hpp"
#include "narration.hpp"
#include "port_holder.hpp"

namespace harbor::docker {
namespace {

Error error_of(const std::string& err, const std::string& out = {}) {
  Process process;
  process.exit_code = 1;
  process.err = err;
  process.out = out;
  return failure_of(process, {.workspace = "/home/me/demo"});
}

/// Of these two the pack that reads compose files says the same, and explains them.
bool is_explained_elsewhere(const std::string& code) {
  return code == "compose.unknown_service" || code == "compose.file_missing";
}

bool is_explained(const std::string& code) {
  return is_explained_elsewhere(code) ||
         std::any_of(failure_table.begin(), failure_table.end(),
                     [&](const Failure& failure) { return code == failure.code; });
}

struct Case {
  const char* text;
  const char* code;
  harbor_status status;
  const char* message;
};

const Case cases[] = {
    {"Error response from daemon: failed to create task for container: failed to create shim task: "
     "OCI runtime create failed: runc create failed: unable to start container process: error "
     "during container init: exec: \"nosuch\": executable file not found in $PATH: unknown",
     "compose.command_missing", HARBOR_E_FAILED, "the command 'nosuch' is not in its image"},
    {"Error response from daemon: failed to create task for container: exec: \"/no/such\": stat "
     "/no/such: no such file or directory: unknown",
     "compose.command_missing", HARBOR_E_FAILED, "the command '/no/such' is not in its image"},
    {"Error response from daemon: invalid mount config for type \"bind\": bind source path does "
     "not "
     "exist: /home/me/demo/data",
     "compose.mount_missing", HARBOR_E_NOT_FOUND, "a service mounts data, which does not exist"},
    {"Error response from daemon: error while creating mount source path '/nope/x': mkdir /nope: "
     "read-only file system",
     "compose.mount_missing", HARBOR_E_NOT_FOUND, "a service mounts /nope/x, which does not exist"},
    {"failed to create network demo_default: Error response from daemon: could not find an "
     "available, non-overlapping IPv4 address pool among the defaults to assign to the network",
     "compose.subnets_exhausted", HARBOR_E_FAILED,
     "the Docker engine has no subnet left for another network"},
    {"failed to create network demo_default: Error response from daemon: all predefined address "
     "pools have been fully subnetted",
     "compose.subnets_exhausted", HARBOR_E_FAILED,
     "the Docker engine has no subnet left for another network"},
    {"failed to solve: write /var/lib/docker/tmp/x: no space left on device", "compose.disk_full",
     HARBOR_E_IO, "the Docker engine's disk is full"},
    {"dial unix /run/user/1000/docker.sock: connect: permission denied", "compose.permission",
     HARBOR_E_DENIED, "you may not talk to the Docker engine"},
    {"Error response from daemon: failed to set up container networking: driver failed programming "
     "external connectivity on endpoint demo-web-1 (0f): failed to bind host port for "
     "0.0.0.0:8088:172.18.0.2:80/tcp: address already in use",
     "compose.port_taken", HARBOR_E_FAILED, "port 8088 is taken"},
    {"Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon "
     "running?",
     "compose.daemon_unavailable", HARBOR_E_UNAVAILABLE, "the Docker engine does not answer"},
    {"error during connect: Get \"http://nosuch.invalid:1/v1.50/version\": dial tcp: lookup "
     "nosuch.invalid: no such host",
     "compose.daemon_unavailable", HARBOR_E_UNAVAILABLE, "the Docker engine does not answer"},
    {"failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is "
     "correct",
     "compose.daemon_unavailable", HARBOR_E_UNAVAILABLE, "the Docker engine does not answer"},
    {"Failed to initialize: unable to resolve docker endpoint: context \"nosuch\": context not "
     "found",
     "compose.daemon_unavailable", HARBOR_E_UNAVAILABLE, "the Docker engine does not answer"},
    {"permission denied while trying to connect to the Docker daemon socket at "
     "unix:///var/run/docker.sock: dial unix: "
     "connect: permission denied",
     "compose.permission", HARBOR_E_DENIED, "you may not talk to the Docker engine"},
    {"docker: unknown command: docker compose\n\nRun 'docker --help' for more information",
     "compose.compose_missing", HARBOR_E_UNAVAILABLE, "docker has no `compose` command"},
    {"unknown shorthand flag: 'p' in -p\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]",
     "compose.compose_missing", HARBOR_E_UNAVAILABLE, "docker has no `compose` command"},
    {" Container d-a-1  Starting\nError response from daemon: driver failed programming external "
     "connectivity on "
     "endpoint d-a-1 (b468): Bind for 0.0.0.0:18081 failed: port is already allocated",
     "compose.port_taken", HARBOR_E_FAILED, "port 18081 is taken"},
    {"Error response from daemon: driver failed programming external connectivity on endpoint "
     "d-a-1 (3126): Error "
     "starting userland proxy: listen tcp4 0.0.0.0:18082: bind: address already in use",
     "compose.port_taken", HARBOR_E_FAILED, "port 18082 is taken"},
    {"Error response from daemon: failed to set up container networking: driver failed programming "
     "external "
     "connectivity on endpoint d-a-1 (77): failed to bind host port for "
     "0.0.0.0:8088:172.18.0.2:80/tcp: address already "
     "in use",
     "compose.port_taken", HARBOR_E_FAILED, "port 8088 is taken"},
    {" a Pulling \n a Error Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup "
     "registry-1.docker.io: no such "
     "host\nError response from daemon: Get \"https://registry-1.docker.io/v2/\": dial tcp: no "
     "such host",
     "compose.image_missing", HARBOR_E_RETRYABLE, "the image of 'a' could not be pulled"},
    {"Error response from daemon: pull access denied for acme/web, repository does not exist or "
     "may require 'docker "
     "login': denied",
     "compose.image_missing", HARBOR_E_FAILED, "the image acme/web could not be pulled"},
    {" Container d-a-1  Waiting\ncontainer d-a-1 exited (3)", "compose.exited", HARBOR_E_FAILED,
     "the container 'd-a-1' exited with code 3"},
    {"service \"b\" didn't complete successfully: exit 4", "compose.exited", HARBOR_E_FAILED,
     "the service 'b' exited with code 4"},
    {"dependency failed to start: container d-b-1 exited (1)", "compose.exited", HARBOR_E_FAILED,
     "the container 'd-b-1' exited with code 1"},
    {" Container d-b-1  Error\ndependency failed to start: container d-b-1 is unhealthy",
     "compose.unhealthy", HARBOR_E_FAILED, "the container 'd-b-1' is unhealthy"},
    {"application not healthy after 2s", "compose.unhealthy", HARBOR_E_TIMEOUT,
     "not every service was ready after 2s"},
    {"failed to solve: failed to compute cache key: \"/nosuch\" not found: not found",
     "compose.build_failed", HARBOR_E_FAILED,
     "an image could not be built: failed to compute cache key: \"/nosuch\" not found: not found"},
    {"target b: failed to solve: process \"/bin/sh -c exit 7\" did not complete successfully: exit "
     "code: 7",
     "compose.build_failed", HARBOR_E_FAILED,
     "an image could not be built: process \"/bin/sh -c exit 7\" did not complete successfully: "
     "exit code: 7"},
    {"validating /home/me/demo/stacks/a/compose.a.yml: services.a additional properties 'portss' "
     "not allowed",
     "compose.file_invalid", HARBOR_E_INPUT,
     "services.a additional properties 'portss' not allowed"},
    {"service \"a\" depends on undefined service \"zz\": invalid compose project",
     "compose.file_invalid", HARBOR_E_INPUT, "service \"a\" depends on undefined service \"zz\""},
    {"error while interpolating services.a.image: required variable NOPE is missing a value: set "
     "it",
     "compose.file_invalid", HARBOR_E_INPUT,
     "error while interpolating services.a.image: required variable NOPE is missing a value: set "
     "it"},
    {"invalid interpolation format for services.a.image.\nYou may need to escape any $ with "
     "another $.\n${NOPE",
     "compose.file_invalid", HARBOR_E_INPUT, "invalid interpolation format for services.a.image"},
    {"env file /home/me/demo/nosuch.env not found: stat /home/me/demo/nosuch.env: no such file or "
     "directory",
     "compose.file_missing", HARBOR_E_NOT_FOUND, "the file nosuch.env does not exist"},
    {"open /home/me/demo/nofile.yml: no such file or directory", "compose.file_missing",
     HARBOR_E_NOT_FOUND, "the file nofile.yml does not exist"},
    {"no such service: zz", "compose.unknown_service", HARBOR_E_INPUT,
     "the compose files have no service 'zz'"},
    {"write /var/lib/docker/tmp/x: no space left on device", "compose.disk_full", HARBOR_E_IO,
     "the Docker engine's disk is full"},
    {"first\nsomething that nobody has seen.", "compose.failed", HARBOR_E_FAILED,
     "something that nobody has seen"},
    {"", "compose.failed", HARBOR_E_FAILED, "docker failed with status 1"},
};

TEST_CASE("every known text becomes its failure, with a hint and an explanation", "[compose]") {
  for (const Case& each : cases) {
    INFO(each.text);
    const Error error = error_of(each.text);
    CHECK(error.code == each.code);
    CHECK(error.status == each.status);
    CHECK(error.message == each.message);
    CHECK_FALSE(error.hint.empty());
    CHECK(is_explained(error.code));
  }
}

TEST_CASE("an engine elsewhere is named", "[compose]") {
  Process process;
  process.exit_code = 1;
  process.err = "error during connect: lookup nosuch.invalid: no such host";
  CHECK(failure_of(process, {.docker_host = "tcp://nosuch.invalid:1"}).hint ==
        "DOCKER_HOST is tcp://nosuch.invalid:1: start that engine, or correct the variable");
}

TEST_CASE("a file with a line becomes a label inside of the project", "[compose]") {
  const Error error = error_of(
      "failed to parse /home/me/demo/stacks/a/compose.a.yml: yaml: line 7: did not find expected "
      "key");
  CHECK(error.code == "compose.file_invalid");
  CHECK(error.message == "did not find expected key");
  REQUIRE(error.labels.size() == 1);
  CHECK(error.labels[0].file == "stacks/a/compose.a.yml");
  CHECK(error.labels[0].line == 7);
}

TEST_CASE("an unknown failure keeps the lines before the last as causes", "[compose]") {
  const Error error = error_of("one\n\ntwo\nthree\n");
  CHECK(error.message == "three");
  CHECK(error.causes == std::vector<std::string>{"one", "two"});
}

TEST_CASE("warnings of Compose are told from other lines", "[compose]") {
  CHECK(warning_in(
            R"(time="2026-11-21T08:30:43Z" level=warning msg="The \"A\" variable is not set.")") ==
        "The \"A\" variable is not set.");
  CHECK_FALSE(warning_in(R"(time="2026-11-21T08:30:43Z" level=info msg="hello")"));
  CHECK_FALSE(warning_in(" Container d-a-1  Started"));
}

TEST_CASE("what Compose does is retold in a few words", "[compose]") {
  CHECK(deed_in(" Container demo-web-1  Started", "demo") == "web-1 started");
  CHECK(deed_in(" Network demo_default  Creating", "demo") == "network default creating");
  CHECK(deed_in(" hello  Built", "demo") == "hello built");
  CHECK(deed_in("#7 [web 2/5] RUN make", "demo") == "building web 2/5: RUN make");
  CHECK_FALSE(deed_in("#5 exporting layers 0.1s done", "demo"));
  CHECK_FALSE(deed_in("Error response from daemon: no", "demo"));
  CHECK_FALSE(deed_in("", "demo"));
}

TEST_CASE("sockets that listen on a port are found in the kernel's table", "[compose]") {
  const std::string table =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
      "inode\n"
      "   0: 0100007F:1F98 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 "
      "4711 1\n"
      "   1: 0100007F:1F98 0100007F:9999 01 00000000:00000000 00:00000000 00000000  1000        0 "
      "4712 1\n"
      "   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
      "4713 1\n";
  CHECK(listening_inodes(table, 8088) == std::vector<std::uint64_t>{4711});
  CHECK(listening_inodes(table, 80) == std::vector<std::uint64_t>{4713});
  CHECK(listening_inodes(table, 81).empty());
  CHECK(listening_inodes("nonsense\n: :\n", 80).empty());
}

}  // namespace
}  // namespace harbor::docker
