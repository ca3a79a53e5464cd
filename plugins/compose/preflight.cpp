#include "preflight.hpp"

#include <cstdlib>

#include "capability.hpp"
#include "docker.hpp"
#include "failure.hpp"

namespace harbor::compose {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 5000ms;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Runs a quick look; its own time-out is not the step's.
Process look(Context& context, Spawn spawn) {
  spawn.read_only = true;
  spawn.timeout = patience;
  try {
    return context.spawn(spawn);
  } catch (const HostFailure& failure) {
    if (failure.status == HARBOR_E_UNAVAILABLE) {
      throw Error(HARBOR_E_UNAVAILABLE, "compose.engine_missing",
                  "the program `docker` is not on PATH",
                  "install Docker Engine with its Compose plugin, or add its folder to PATH");
    }
    if (failure.status == HARBOR_E_TIMEOUT && context.cancelled() == HARBOR_OK) {
      const std::string host = variable("DOCKER_HOST");
      throw Error(HARBOR_E_UNAVAILABLE, "compose.daemon_timeout",
                  "the Docker engine accepted a connection and did not answer for 5 s",
                  host.empty() ? "restart it: `sudo systemctl restart docker`"
                               : "DOCKER_HOST is " + host + ": restart that engine");
    }
    throw;
  }
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

void require_engine(Context& context) {
  const Process process = look(context, docker({"version", "--format", "{{.Server.Version}}"}));
  if (!process.ok()) throw failure_of(process);
}

void require_compose(Context& context) {
  const Process process = look(context, docker({"compose", "version", "--short"}));
  if (!process.ok()) {
    throw Error(HARBOR_E_UNAVAILABLE, "compose.compose_missing", "docker has no `compose` command",
                "install the Compose plugin (package docker-compose-plugin or docker-compose-v2)");
  }
  const std::string version = first_line(process.out);
  if (has_inline_configs(version)) return;
  throw Error(HARBOR_E_UNAVAILABLE, "compose.too_old",
              "Docker Compose is " + version + ", and " + std::string(needed_compose) +
                  " or later is needed",
              "update the Compose plugin");
}

}  // namespace harbor::compose
