#include "failure.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <regex>

namespace harbor::docker {
namespace {

using Matches = std::match_results<std::string_view::const_iterator>;

/// Compiled once; std::regex is safe to share for searching.
bool search(std::string_view text, Matches& matches, const std::regex& pattern) {
  return std::regex_search(text.begin(), text.end(), matches, pattern);
}

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
  if (has(text, "permission denied while trying to connect")) {
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

// Without the plugin, docker takes `compose` for one of its own commands and complains about
// whatever argument comes first, so there are four texts.
std::optional<Error> missing_plugin(std::string_view text) {
  if (!has(text, "is not a docker command") && !has(text, "unknown command: docker compose") &&
      !has(text, "unknown shorthand flag") && !has(text, "unknown flag: --ansi"))
    return std::nullopt;
  return Error(HARBOR_E_UNAVAILABLE, "compose.compose_missing", "docker has no `compose` command",
               "install the Compose plugin (package docker-compose-plugin or docker-compose-v2)");
}

// ---- Files

std::optional<Error> invalid_file(std::string_view text, std::string_view workspace) {
  static const std::regex with_file(
      R"((?:failed to parse|validating|parsing|failed to read) ([^\n]+?\.ya?ml): (?:yaml: )?(?:line (\d+)(?:, column (\d+))?: )?([^\n]+))");
  static const std::regex interpolation(
      R"((?:error while interpolating [^\n]+|invalid interpolation format for [^\n]+))");
  static const std::regex project(R"(([^\n]+): invalid compose project)");
  static const std::regex missing(
      R"((?:env file ([^\n]+?) not found|open ([^\n]+): no such file or directory))");
  const std::string hint = "see the Compose file reference; `harbor run source` lists the files";
  Matches found;
  if (search(text, found, with_file)) {
    const auto number = [&](std::size_t group) {
      return found[group].matched ? static_cast<unsigned>(std::stoul(found[group].str())) : 0U;
    };
    Label label{cut(found[1].str(), workspace), number(2), number(3), 0, {}};
    return Error(HARBOR_E_INPUT, "compose.file_invalid", sentence(found[4].str()), hint, {label});
  }
  if (search(text, found, interpolation)) {
    Error error(HARBOR_E_INPUT, "compose.file_invalid", sentence(found[0].str()),
                "give the variable a value in an env file of `prepare.env`, or correct the text");
    return error;
  }
  if (search(text, found, project))
    return Error(HARBOR_E_INPUT, "compose.file_invalid", sentence(found[1].str()), hint);
  if (search(text, found, missing)) {
    const std::string file = found[1].matched ? found[1].str() : found[2].str();
    return Error(HARBOR_E_NOT_FOUND, "compose.file_missing",
                 "the file " + cut(file, workspace) + " does not exist",
                 "create it, or remove it from the compose file that names it");
  }
  return std::nullopt;
}

// ---- Starting

// A registry that cannot be reached is worth another attempt; a name that is wrong is not.
std::optional<Error> bad_image(std::string_view text) {
  const bool is_absent = has(text, "pull access denied") || has(text, "manifest unknown") ||
                         has(text, "not found: manifest") || has(text, "No such image") ||
                         has(text, "repository does not exist");
  const bool is_offline = has(text, "failed to resolve reference") || has(text, "/v2/\"") ||
                          has(text, "TLS handshake timeout") || has(text, "toomanyrequests");
  if (!is_absent && !is_offline) return std::nullopt;
  static const std::regex name(
      R"((?:pull access denied for|manifest for|No such image:) ([^\s,]+))");
  static const std::regex progress(R"((?:^|\n) (\S+) (?:Error|Pulling))");
  Matches found;
  std::string what = "an image";
  if (search(text, found, name))
    what = "the image " + found[1].str();
  else if (search(text, found, progress))
    what = "the image of '" + found[1].str() + "'";
  return Error(is_offline && !is_absent ? HARBOR_E_RETRYABLE : HARBOR_E_FAILED,
               "compose.image_missing", what + " could not be pulled",
               is_absent ? "check its name and tag; a private one needs `docker login`"
                         : "check the network, the proxy settings and `docker login`");
}

std::optional<Error> failed_build(std::string_view text) {
  static const std::regex solve(R"((?:failed to solve|failed to build)[^:\n]*: ([^\n]+))");
  Matches found;
  if (!search(text, found, solve)) {
    if (!has(text, "failed to read dockerfile")) return std::nullopt;
    return Error(HARBOR_E_FAILED, "compose.build_failed",
                 "an image could not be built: no Dockerfile",
                 "see the lines above; `harbor build` repeats the build alone");
  }
  return Error(HARBOR_E_FAILED, "compose.build_failed",
               "an image could not be built: " + sentence(found[1].str()),
               "see the lines of the build; `harbor build` repeats it alone");
}

std::optional<Error> sick_container(std::string_view text) {
  static const std::regex exited(
      R"x((?:container (\S+) exited \((-?\d+)\)|service "([^"]+)" didn't complete successfully: exit (\d+)))x");
  static const std::regex unhealthy(R"(container (\S+) is unhealthy)");
  static const std::regex late(R"(application not healthy after (\S+))");
  Matches found;
  if (search(text, found, exited)) {
    const bool is_service = found[3].matched;
    return Error(
        HARBOR_E_FAILED, "compose.exited",
        (is_service ? "the service '" + found[3].str() : "the container '" + found[1].str()) +
            "' exited with code " + (is_service ? found[4].str() : found[2].str()),
        "`harbor logs` shows what it printed");
  }
  if (search(text, found, unhealthy))
    return Error(HARBOR_E_FAILED, "compose.unhealthy",
                 "the container '" + found[1].str() + "' is unhealthy",
                 "`harbor logs` shows what it printed");
  if (search(text, found, late))
    return Error(HARBOR_E_TIMEOUT, "compose.unhealthy",
                 "not every service was ready after " + found[1].str(),
                 "`harbor ps` shows which; a higher `waitTimeout:` gives them more time");
  return std::nullopt;
}

std::optional<Error> taken(std::string_view text) {
  const auto port = taken_port(text);
  if (!port) return std::nullopt;
  return Error(HARBOR_E_FAILED, "compose.port_taken", "port " + std::to_string(*port) + " is taken",
               "stop what uses it, or publish another port");
}

// In this order: what keeps everything from working comes first, and the engine's texts, which
// Compose repeats among its own, come before those about files.
std::optional<Error> known(std::string_view text, const Circumstance& circumstance) {
  if (auto error = unreachable(text, circumstance.docker_host)) return error;
  if (auto error = missing_plugin(text)) return error;
  if (auto error = taken(text)) return error;
  if (auto error = sick_container(text)) return error;
  if (auto error = failed_build(text)) return error;
  if (auto error = bad_image(text)) return error;
  if (auto error = invalid_file(text, circumstance.workspace)) return error;
  static const std::regex no_service(R"(no such service: (\S+))");
  Matches found;
  if (search(text, found, no_service))
    return Error(HARBOR_E_INPUT, "compose.unknown_service",
                 "the compose files have no service '" + found[1].str() + "'",
                 "`harbor run source` lists the chosen files");
  if (has(text, "no space left on device"))
    return Error(HARBOR_E_IO, "compose.disk_full", "the Docker engine's disk is full",
                 "`docker system df` shows what takes the space, `docker system prune` frees it");
  return std::nullopt;
}

}  // namespace

std::optional<unsigned> taken_port(std::string_view text) {
  static const std::regex port(
      R"((?:Bind for|listen tcp[46]?|bind host port(?: for)?) \S*?:(\d+)[^\n]*(?:port is already allocated|address already in use))");
  Matches found;
  if (!search(text, found, port)) return std::nullopt;
  return static_cast<unsigned>(std::stoul(found[1].str()));
}

std::optional<std::string> blamed_container(std::string_view text) {
  static const std::regex name(R"(container (\S+) (?:is unhealthy|exited))");
  static const std::regex endpoint(R"(on endpoint (\S+) )");
  Matches found;
  if (search(text, found, name) || search(text, found, endpoint)) return found[1].str();
  return std::nullopt;
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
  static const std::regex warning(R"(^time="[^"]*" level=warning msg="((?:[^"\\]|\\.)*)\")");
  Matches found;
  if (!search(line, found, warning)) return std::nullopt;
  std::string text;
  const std::string escaped = found[1].str();
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] == '\\' && i + 1 < escaped.size()) ++i;
    text += escaped[i];
  }
  return text;
}

Error failure_of(const Process& process, const Circumstance& circumstance) {
  // Both: a build reports its failure on standard output, everything else on standard error.
  const std::string text = process.err + "\n" + process.out;
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
