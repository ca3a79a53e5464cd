#include "preflight.hpp"

#include "answer.hpp"
#include "command.hpp"
#include "compose_version.hpp"
#include "failure.hpp"

namespace harbor::docker {
namespace {

/// A busy engine may be late once or twice.
constexpr int most_missed = 3;

Error timed_out(Context& context, std::chrono::milliseconds patience) {
  const std::string host = context.environment("DOCKER_HOST").value_or("");
  return {HARBOR_E_UNAVAILABLE, "compose.daemon_timeout",
          "the Docker engine accepted a connection and did not answer for " +
              std::to_string(patience.count() / 1000) + " s",
          host.empty() ? "restart it: `sudo systemctl restart docker`"
                       : "DOCKER_HOST is " + host + ": restart that engine"};
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

// It has its own time-out, so that an engine that hangs is not reported as a step that took too
// long.
Process look_at_engine(Context& context, Spawn spawn, std::chrono::milliseconds patience) {
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
    // Its own time-out, not the step's.
    if (failure.status == HARBOR_E_TIMEOUT && context.cancelled() == HARBOR_OK)
      throw timed_out(context, patience);
    throw;
  }
}

Process ask_engine(Context& context, Spawn spawn, std::chrono::milliseconds patience) {
  Process process = look_at_engine(context, std::move(spawn), patience);
  if (!process.ok()) throw failure_of(context, process);
  return process;
}

void watch_engine(Context& context, Spawn& spawn) {
  spawn.silence = engine_patience;
  spawn.on_silence = [&context, missed = 0]() mutable {
    try {
      require_engine(context);
      missed = 0;
    } catch (const Error&) {
      if (++missed >= most_missed) throw;
    }
  };
}

void change_engine(Context& context, Spawn spawn) {
  watch_engine(context, spawn);
  const Process process = context.spawn(spawn);
  if (!process.ok()) throw failure_of(context, process);
}

void require_engine(Context& context) {
  const Process process =
      ask_engine(context, docker({"version", "--format", "{{.Server.Version}}"}));
  if (!is_word(first_line(process.out))) throw garbled("docker version", process.out);
}

std::string compose_release(Context& context) {
  const Process process = look_at_engine(context, docker({"compose", "version", "--short"}));
  if (!process.ok()) {
    throw Error(HARBOR_E_UNAVAILABLE, "compose.compose_missing", "docker has no `compose` command",
                "install the Compose plugin (package docker-compose-plugin or docker-compose-v2)");
  }
  if (!is_word(first_line(process.out))) throw garbled("docker compose version", process.out);
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
