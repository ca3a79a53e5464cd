#include "failure.hpp"

#include <algorithm>
#include <array>
#include <deque>

#include "phrase.hpp"

namespace harbor::docker {
namespace {

std::string cut(std::string text, std::string_view workspace) {
  const std::string prefix = std::string(workspace) + "/";
  for (auto at = text.find(prefix); prefix.size() > 1 && at != std::string::npos;
       at = text.find(prefix, at))
    text.erase(at, prefix.size());
  return text;
}

/// One sentence: no line break, no full stop at its end.
std::string sentence(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (!text.empty() && (text.back() == '.' || text.back() == ' ')) text.pop_back();
  return text;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// ---- Reaching the engine

std::optional<Error> unreachable(std::string_view text, std::string_view docker_host) {
  if (has(text, "permission denied while trying to connect") ||
      has(text, "connect: permission denied")) {
    return Error(HARBOR_E_DENIED, "compose.permission", "you may not talk to the Docker engine",
                 "join the group of its socket (`sudo usermod -aG docker $USER`, then log in "
                 "again), or use a rootless engine");
  }
  const bool has_no_answer = has(text, "Cannot connect to the Docker daemon") ||
                             has(text, "error during connect") ||
                             has(text, "failed to connect to the docker API") ||
                             has(text, "unable to resolve docker endpoint");
  if (!has_no_answer) return std::nullopt;
  return Error(HARBOR_E_UNAVAILABLE, "compose.daemon_unavailable",
               "the Docker engine does not answer",
               docker_host.empty()
                   ? "start it (`sudo systemctl start docker`), or name another one in DOCKER_HOST"
                   : "DOCKER_HOST is " + std::string(docker_host) +
                         ": start that engine, or correct the variable");
}

// Without the plugin, docker takes `compose` for one of its own commands and complains about the
// first argument, so there are four texts.
std::optional<Error> missing_plugin(std::string_view text) {
  if (!has(text, "is not a docker command") && !has(text, "unknown command: docker compose") &&
      !has(text, "unknown shorthand flag") && !has(text, "unknown flag: --ansi"))
    return std::nullopt;
  return Error(HARBOR_E_UNAVAILABLE, "compose.compose_missing", "docker has no `compose` command",
               "install the Compose plugin (package docker-compose-plugin or docker-compose-v2)");
}

// ---- Files

/// "FILE.yml: [yaml: ][line N[, column M]: ]WHAT" after one of the phrases with which Compose
/// begins.
std::optional<Error> invalid_line(std::string_view text, std::string_view workspace,
                                  const std::string& hint) {
  for (const std::string_view verb :
       {"failed to parse ", "validating ", "parsing ", "failed to read "}) {
    for (const std::string_view suffix : {".yml: ", ".yaml: "}) {
      const auto found = find_phrase(text, std::string(verb) + "{l}" + std::string(suffix) + "{l}");
      if (!found) continue;
      std::string_view what = found->at(1);
      if (what.starts_with("yaml: ")) what.remove_prefix(6);
      Label label{cut(found->at(0) + std::string(suffix.substr(0, suffix.size() - 2)), workspace),
                  0,
                  0,
                  0,
                  {}};
      const auto place = find_phrase(what, {"line {n}, column {n}: {l}", "line {n}: {l}"});
      if (place && what.starts_with("line ")) {
        label.line = number_of(place->front()).value_or(0);
        if (place->size() == 3) label.column = number_of(place->at(1)).value_or(0);
        what = place->back();
      }
      return Error(HARBOR_E_INPUT, "compose.file_invalid", sentence(std::string(what)), hint,
                   {label});
    }
  }
  return std::nullopt;
}

std::optional<Error> invalid_file(std::string_view text, std::string_view workspace) {
  const std::string hint = "see the Compose file reference; `harbor run source` lists the files";
  if (auto error = invalid_line(text, workspace, hint)) return error;
  for (const std::string begin :
       {"error while interpolating ", "invalid interpolation format for "}) {
    if (const auto found = find_phrase(text, begin + "{l}"))
      return Error(
          HARBOR_E_INPUT, "compose.file_invalid", sentence(begin + found->front()),
          "give the variable a value in an env file of `prepare.env`, or correct the text");
  }
  if (const auto what = line_before(text, ": invalid compose project"))
    return Error(HARBOR_E_INPUT, "compose.file_invalid", sentence(*what), hint);
  if (const auto found =
          find_phrase(text, {"env file {l} not found", "open {l}: no such file or directory"}))
    return Error(HARBOR_E_NOT_FOUND, "compose.file_missing",
                 "the file " + cut(found->front(), workspace) + " does not exist",
                 "create it, or remove it from the compose file that names it");
  return std::nullopt;
}

// ---- Starting

// Trying again may help if a registry cannot be reached, but not if the name is wrong.
std::optional<Error> bad_image(std::string_view text) {
  const bool is_absent = has(text, "pull access denied") || has(text, "manifest unknown") ||
                         has(text, "not found: manifest") || has(text, "No such image") ||
                         has(text, "repository does not exist");
  const bool is_offline = has(text, "failed to resolve reference") || has(text, "/v2/\"") ||
                          has(text, "TLS handshake timeout") || has(text, "toomanyrequests");
  if (!is_absent && !is_offline) return std::nullopt;
  std::string what = "an image";
  if (const auto name = find_phrase(
          text, {"pull access denied for {w}", "manifest for {w}", "No such image: {w}"}))
    what = "the image " + name->front().substr(0, name->front().find(','));
  else if (const auto service = find_phrase(text, {"\n {w} Error", "\n {w} Pulling"}))
    what = "the image of '" + service->front() + "'";
  return Error(is_offline && !is_absent ? HARBOR_E_RETRYABLE : HARBOR_E_FAILED,
               "compose.image_missing", what + " could not be pulled",
               is_absent ? "check its name and tag; a private one needs `docker login`"
                         : "check the network, the proxy settings and `docker login`");
}

std::optional<Error> failed_build(std::string_view text) {
  const auto solve = find_phrase(text, {"failed to solve{l}: {l}", "failed to build{l}: {l}"});
  if (!solve) {
    if (!has(text, "failed to read dockerfile")) return std::nullopt;
    return Error(HARBOR_E_FAILED, "compose.build_failed",
                 "an image could not be built: no Dockerfile",
                 "see the lines above; `harbor build` repeats the build alone");
  }
  return Error(HARBOR_E_FAILED, "compose.build_failed",
               "an image could not be built: " + sentence(solve->at(1)),
               "see the lines of the build; `harbor build` repeats it alone");
}

Error exited(const std::string& who, const std::string& status) {
  return Error(HARBOR_E_FAILED, "compose.exited", who + " exited with code " + status,
               "`harbor logs` shows what it printed");
}

std::optional<Error> sick_container(std::string_view text) {
  if (const auto found = find_phrase(text, "container {w} exited ({l})"))
    return exited("the container '" + found->at(0) + "'", found->at(1));
  if (const auto found =
          find_phrase(text, "service \"{l}\" didn't complete successfully: exit {n}"))
    return exited("the service '" + found->at(0) + "'", found->at(1));
  if (const auto found = find_phrase(text, "container {w} is unhealthy"))
    return Error(HARBOR_E_FAILED, "compose.unhealthy",
                 "the container '" + found->front() + "' is unhealthy",
                 "`harbor logs` shows what it printed");
  if (const auto found = find_phrase(text, "application not healthy after {w}"))
    return Error(HARBOR_E_TIMEOUT, "compose.unhealthy",
                 "not every service was ready after " + found->front(),
                 "`harbor ps` shows which; a higher `waitTimeout:` gives them more time");
  return std::nullopt;
}

std::optional<Error> taken(std::string_view text) {
  const auto port = taken_port(text);
  if (!port) return std::nullopt;
  return Error(HARBOR_E_FAILED, "compose.port_taken", "port " + std::to_string(*port) + " is taken",
               "stop what uses it, or publish another port");
}

// ---- What the machine lacks, and why a container cannot be started

std::optional<Error> exhausted(std::string_view text) {
  if (has(text, "no space left on device") || has(text, "disk quota exceeded"))
    return Error(HARBOR_E_IO, "compose.disk_full", "the Docker engine's disk is full",
                 "`docker system df` shows what takes the space, `docker system prune` frees it");
  if (has(text, "non-overlapping IPv4 address pool") ||
      has(text, "address pools have been fully subnetted"))
    return Error(HARBOR_E_FAILED, "compose.subnets_exhausted",
                 "the Docker engine has no subnet left for another network",
                 "`docker network prune` removes the networks that nothing uses");
  return std::nullopt;
}

std::optional<Error> not_started(std::string_view text, std::string_view workspace) {
  const auto source = find_phrase(
      text, {"bind source path does not exist: {l}", "creating mount source path '{l}': "});
  if (source)
    return Error(HARBOR_E_NOT_FOUND, "compose.mount_missing",
                 "a service mounts " + cut(source->front(), workspace) + ", which does not exist",
                 "create it, or correct the `volumes:` of the service");
  // "exec: \"/no/such\": stat /no/such: no such file or directory", and the text for a name on
  // PATH.
  const auto command = find_phrase(text, {"exec: \"{l}\": executable file not found",
                                          "exec: \"{l}\": stat {l}: no such file or directory"});
  if (command)
    return Error(HARBOR_E_FAILED, "compose.command_missing",
                 "the command '" + command->front() + "' is not in its image",
                 "correct `command:` or `entrypoint:` of the service, or the image");
  return std::nullopt;
}

/// The port of "0.0.0.0:8088", "[::]:8088:", ":::8088", "0.0.0.0:8088:172.18.0.2:80/tcp".
std::optional<unsigned> port_of(std::string_view address) {
  if (address.starts_with('[')) address.remove_prefix(std::min(address.find(']'), address.size()));
  for (auto at = address.find(':'); at != std::string_view::npos; at = address.find(':', at + 1)) {
    const auto end = std::min(address.find_first_not_of("0123456789", at + 1), address.size());
    if (end > at + 1) return number_of(address.substr(at + 1, end - at - 1));
  }
  return std::nullopt;
}

// The order matters: what keeps everything from working comes first, and the engine's texts, which
// Compose repeats among its own, come before those about files.
std::optional<Error> known(std::string_view text, const Circumstance& circumstance) {
  if (auto error = unreachable(text, circumstance.docker_host)) return error;
  if (auto error = missing_plugin(text)) return error;
  if (auto error = exhausted(text)) return error;
  if (auto error = taken(text)) return error;
  if (auto error = sick_container(text)) return error;
  if (auto error = failed_build(text)) return error;
  if (auto error = not_started(text, circumstance.workspace)) return error;
  if (auto error = bad_image(text)) return error;
  if (auto error = invalid_file(text, circumstance.workspace)) return error;
  if (const auto found = find_phrase(text, "no such service: {w}"))
    return Error(HARBOR_E_INPUT, "compose.unknown_service",
                 "the compose files have no service '" + found->front() + "'",
                 "`harbor run source` lists the chosen files");
  return std::nullopt;
}

}  // namespace

std::optional<unsigned> taken_port(std::string_view text) {
  for (const std::string_view begin : {"Bind for ", "listen tcp ", "listen tcp4 ", "listen tcp6 ",
                                       "bind host port for ", "bind host port "}) {
    for (const std::string_view end : {"port is already allocated", "address already in use"}) {
      const auto found = find_phrase(text, std::string(begin) + "{w} {l}" + std::string(end));
      if (!found) continue;
      if (const auto port = port_of(found->front())) return port;
    }
  }
  return std::nullopt;
}

std::optional<std::string> blamed_container(std::string_view text) {
  const auto found =
      find_phrase(text, {"container {w} is unhealthy", "container {w} exited", "on endpoint {w} "});
  return found ? std::optional(found->front()) : std::nullopt;
}

std::vector<std::string> last_lines(std::string_view text, std::size_t count) {
  std::deque<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) continue;
    lines.emplace_back(line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin));
    if (lines.size() > count) lines.pop_front();
  }
  return {lines.begin(), lines.end()};
}

std::optional<std::string> warning_in(std::string_view line) {
  constexpr std::string_view begin = "level=warning msg=\"";
  if (!line.starts_with("time=\"")) return std::nullopt;
  const auto at = line.find(begin);
  if (at == std::string_view::npos) return std::nullopt;
  std::string text;
  for (std::size_t i = at + begin.size(); i < line.size() && line[i] != '"'; ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) ++i;
    text += line[i];
  }
  return text;
}

Error failure_of(const Process& process, const Circumstance& circumstance) {
  // Both: a build reports its failure on standard output, everything else on standard error.
  const std::string text = "\n" + process.err + "\n" + process.out;
  if (auto error = known(text, circumstance)) return std::move(*error);
  const auto last = last_lines(process.err.empty() ? process.out : process.err, 10);
  std::string what = process.signal != 0
                         ? "docker was ended by signal " + std::to_string(process.signal)
                         : "docker failed with status " + std::to_string(process.exit_code);
  if (!last.empty()) what = sentence(cut(last.back(), circumstance.workspace));
  Error error(HARBOR_E_FAILED, "compose.failed", what, "`--verbose` shows all that docker printed");
  error.causes.assign(last.begin(), last.empty() ? last.end() : last.end() - 1);
  return error;
}

Error failure_of(Context& context, const Process& process) {
  const std::string host = context.environment("DOCKER_HOST").value_or("");
  return failure_of(process, {.workspace = context.workspace(), .docker_host = host});
}

}  // namespace harbor::docker
