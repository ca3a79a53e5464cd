#include "preflight.hpp"

#include "command.hpp"
#include "compose_version.hpp"
#include "failure.hpp"

namespace harbor::docker {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 5000ms;

/// Runs a quick query. Its time-out is its own, not the step's, so that an engine that hangs is not
/// reported as a step that took too long.
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
      const std::string host = context.environment("DOCKER_HOST").value_or("");
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

Process ask_engine(Context& context, Spawn spawn) {
  Process process = look(context, std::move(spawn));
  if (!process.ok()) throw failure_of(context, process);
  return process;
}

void require_engine(Context& context) {
  ask_engine(context, docker({"version", "--format", "{{.Server.Version}}"}));
}

std::string compose_release(Context& context) {
  const Process process = look(context, docker({"compose", "version", "--short"}));
  if (!process.ok()) {
    throw Error(HARBOR_E_UNAVAILABLE, "compose.compose_missing", "docker has no `compose` command",
                "install the Compose plugin (package docker-compose-plugin or docker-compose-v2)");
  }
  return first_line(process.out);
}

void require_compose(Context& context) {
  const std::string release = compose_release(context);
  if (compose_version::has_inline_configs(release)) return;
  throw Error(HARBOR_E_UNAVAILABLE, "compose.too_old",
              "Docker Compose is " + release + ", and " + std::string(compose_version::needed) +
                  " or later is needed",
              "update the Compose plugin");
}

}  // namespace harbor::docker
