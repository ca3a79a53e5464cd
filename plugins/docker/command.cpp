#include "command.hpp"

#include <harbor/env_file.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace harbor::docker {
namespace {

/// What docker's connection, credentials and colours depend on. Not the whole environment of the
/// user: Compose would fill ${...} from it, and the same project would deploy differently from
/// another shell.
const std::vector<std::string> inherited = {"DOCKER_HOST",
                                            "DOCKER_CONTEXT",
                                            "DOCKER_CONFIG",
                                            "DOCKER_TLS_VERIFY",
                                            "DOCKER_CERT_PATH",
                                            "DOCKER_TLS",
                                            "DOCKER_BUILDKIT",
                                            "DOCKER_DEFAULT_PLATFORM",
                                            "BUILDX_BUILDER",
                                            "BUILDX_CONFIG",
                                            "HTTP_PROXY",
                                            "HTTPS_PROXY",
                                            "NO_PROXY",
                                            "http_proxy",
                                            "https_proxy",
                                            "no_proxy",
                                            "SSH_AUTH_SOCK",
                                            "XDG_DATA_HOME",
                                            "XDG_CACHE_HOME",
                                            "XDG_STATE_HOME",
                                            "COMPOSE_HTTP_TIMEOUT",
                                            "NO_COLOR",
                                            "DBUS_SESSION_BUS_ADDRESS"};

std::vector<std::string> compose_words(const std::string& project, const char* ansi) {
  return {"compose", "--ansi", ansi, "--progress", "plain", "--project-name", project};
}

Spawn by_name(const std::string& project, const char* ansi, const std::vector<std::string>& words) {
  Spawn spawn = docker(compose_words(project, ansi));
  spawn.argv.insert(spawn.argv.end(), words.begin(), words.end());
  spawn.cwd = "/proc";  // Compose looks for a compose.yml here and above: none can be put there
  return spawn;
}

/// Adds the variables of single services to the shared ones, unless services disagree.
void join_services(Context& context, const json& services, json& env) {
  std::map<std::string, json> joined;
  std::set<std::string> disputed;
  for (const auto& [service, own] : services.items()) {
    for (const auto& [name, value] : own.items()) {
      const auto [at, is_new] = joined.emplace(name, value);
      if (!is_new && at->second != value) disputed.insert(name);
    }
  }
  for (const auto& [name, value] : joined)
    if (!disputed.contains(name)) env[name] = value;
  for (const std::string& name : disputed)
    context.debug("services disagree about ${" + name + "}: Compose gets the shared value, if any");
}

/// Splits the artifact: plain values into a file, secrets into the environment. Returns whether
/// there is a file.
// In the environment, a plain DOCKER_HOST would point the client at another engine. A secret cannot
// go into the file: the pack cannot quote a value that it cannot see.
bool put_env(const json& env, Spawn& spawn) {
  if (!env.is_object() || env.empty()) return false;
  Variables plain;
  for (const auto& [name, value] : env.items()) {
    if (is_secret(value)) {
      spawn.env.push_back({name, Part::secret(value)});
    } else if (value.is_string()) {
      plain.emplace_back(name, value.get<std::string>());
    }
  }
  spawn.files.push_back({Part(write_env_file(plain))});
  return true;
}

}  // namespace

Spawn docker(std::vector<std::string> words) {
  words.insert(words.begin(), "docker");
  return {.argv = std::move(words), .inherit_env = inherited, .capture = true, .quiet = true};
}

Spawn compose(const Stack& stack, const std::vector<std::string>& words) {
  Spawn spawn = docker(compose_words(stack.project, "never"));
  append(spawn.argv, {"--project-directory", stack.workspace});
  if (put_env(stack.env, spawn)) append(spawn.argv, {"--env-file", file_path(0)});
  if (stack.merged.empty()) {
    for (const std::string& file : stack.files) append(spawn.argv, {"--file", file});
  } else {
    spawn.files.push_back({Part(stack.merged)});
    append(spawn.argv, {"--file", file_path(spawn.files.size() - 1)});
  }
  spawn.argv.insert(spawn.argv.end(), words.begin(), words.end());
  spawn.cwd = stack.workspace;
  return spawn;
}

Spawn compose_by_name(const std::string& project, const std::vector<std::string>& words) {
  return by_name(project, "never", words);
}

Spawn compose_for_person(const std::string& project, const std::vector<std::string>& words) {
  return by_name(project, "auto", words);
}

Stack stack_of(Context& context, const json& input) {
  Stack stack;
  stack.project = input.at("project").get<std::string>();
  stack.workspace = std::string(context.workspace());
  for (const json& file : input.at("files")) stack.files.push_back(file.get<std::string>());
  stack.merged = input.value("file", "");
  stack.env = input.value("env", json::object());
  join_services(context, input.value("serviceEnv", json::object()), stack.env);
  return stack;
}

bool is_inherited(std::string_view name) {
  return std::find(inherited.begin(), inherited.end(), name) != inherited.end();
}

void append(std::vector<std::string>& words, const json& more) {
  for (const json& word : more) words.push_back(word.get<std::string>());
}

}  // namespace harbor::docker
