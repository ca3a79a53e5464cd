#include "container_command.hpp"

#include <algorithm>
#include <set>

#include "command.hpp"

namespace harbor::docker {
namespace {

/// A field of `--mount`, which docker parses as CSV: a comma in a path would start the next field.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string mount_of(const json& mount, const std::string& workspace) {
  std::string source = mount.at("source");
  if (!source.starts_with('/')) source = workspace + "/" + source;
  // --mount, not --volume, with which docker creates a missing source, owned by root.
  std::string text = "type=bind," + field("source=" + source) + "," +
                     field("target=" + mount.at("target").get<std::string>());
  if (mount.value("readOnly", true)) text += ",readonly";
  return text;
}

void add_environment(const json& env, Spawn& spawn) {
  for (const auto& [name, value] : env.items()) {
    if (is_secret(value)) {
      spawn.env.push_back({name, Part::secret(value)});
      append(spawn.argv, {"--env", name});
    } else {
      append(spawn.argv, {"--env", name + "=" + value.get<std::string>()});
    }
  }
}

void add_identity(const json& input, const RunIdentity& identity, Spawn& spawn) {
  append(spawn.argv, {"--name", identity.name});
  append(spawn.argv, {"--label", std::string(run_label) + "=" + identity.run_id});
  append(spawn.argv, {"--label", std::string(workspace_label) + "=" + identity.workspace});
  const json labels = input.value("labels", json::object());
  for (const auto& [name, value] : labels.items())
    append(spawn.argv, {"--label", name + "=" + value.get<std::string>()});
  append(spawn.argv, {"--user", input.value("user", identity.user)});
}

void add_limits(const json& input, Spawn& spawn) {
  append(spawn.argv, {"--network", input.value("network", "none")});
  append(spawn.argv, {"--memory", input.value("memory", "512m")});
  append(spawn.argv, {"--pids-limit", std::to_string(input.value("pids", 256))});
  if (input.value("readOnlyRoot", true)) spawn.argv.push_back("--read-only");
  for (const json& capability : input.value("capDrop", json{"ALL"}))
    append(spawn.argv, {"--cap-drop", capability});
  for (const json& folder : input.value("tmpfs", json::array()))
    append(spawn.argv, {"--tmpfs", folder});
}

bool is_variable_name(const std::string& name) {
  return !name.empty() && (name[0] < '0' || name[0] > '9') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  c == '_';
         });
}

/// A secret reaches the container through the client's environment, so one with such a name would
/// change the client's own behaviour.
bool is_read_by_client(const std::string& name) {
  static const std::set<std::string> base = {"PATH", "HOME", "USER",  "LANG",
                                             "TZ",   "TERM", "TMPDIR"};
  return base.contains(name) || name.starts_with("DOCKER_") || name.starts_with("HARBOR_") ||
         is_inherited(name);
}

Error fault(std::string message, std::string hint, std::string pointer) {
  Error error(HARBOR_E_INPUT, "container.input", std::move(message), std::move(hint));
  error.pointer = std::move(pointer);
  return error;
}

}  // namespace

Spawn run_command(const json& input, const RunIdentity& identity) {
  // --init: as process 1, a shell ignores the signal that should end it. No log driver: the output
  // goes to Harbor, which masks it; the engine must not keep it in a file.
  Spawn spawn =
      docker({"run", "--rm", "--init", "--ipc", "none", "--log-driver", "none", "--security-opt",
              "no-new-privileges", "--pull", input.value("pull", "missing")});
  spawn.quiet = false;
  add_identity(input, identity, spawn);
  add_limits(input, spawn);
  if (input.contains("workingFolder")) append(spawn.argv, {"--workdir", input["workingFolder"]});
  for (const json& mount : input.value("mounts", json::array()))
    append(spawn.argv, {"--mount", mount_of(mount, identity.workspace)});
  add_environment(input.value("env", json::object()), spawn);
  if (input.contains("stdin")) {
    spawn.argv.push_back("--interactive");
    spawn.input.push_back(Part(input["stdin"]));
  }
  append(spawn.argv, {"--", input.at("image")});
  append(spawn.argv, input.value("command", json::array()));
  return spawn;
}

std::vector<Error> faults_of(const json& input) {
  std::vector<Error> faults;
  const json env = input.value("env", json::object());
  for (const auto& [name, value] : env.items()) {
    if (!is_variable_name(name))
      faults.push_back(fault("'" + name + "' cannot be the name of a variable",
                             "use letters, digits and '_'", "/env"));
    else if (!value.is_string() && !is_secret(value))
      faults.push_back(fault("the variable " + name + " is neither text nor a secret",
                             "put it in quotes", "/env"));
    else if (is_secret(value) && is_read_by_client(name))
      faults.push_back(fault("a secret cannot be called " + name + ", which docker itself reads",
                             "give it another name in the container", "/env"));
  }
  const json mounts = input.value("mounts", json::array());
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    const std::string target = mounts[i].at("target");
    if (!target.starts_with('/'))
      faults.push_back(fault("the target '" + target + "' is not a path from the container's root",
                             "begin it with '/'", "/mounts/" + std::to_string(i) + "/target"));
  }
  const std::string memory = input.value("memory", "512m");
  const auto digits = memory.find_first_not_of("0123456789");
  const bool is_size =
      digits != 0 && !memory.empty() &&
      (digits == std::string::npos ||
       (digits + 1 == memory.size() &&
        std::string_view("bkmgBKMG").find(memory.back()) != std::string_view::npos));
  if (!is_size)
    faults.push_back(fault("'" + memory + "' is not an amount of memory",
                           "write a number and b, k, m or g: 512m", "/memory"));
  return faults;
}

}  // namespace harbor::docker
