// container.run: one command in its own container, which is always removed afterwards. Hooks,
// tunnels and runners of other packs use it through invoke().
#include <harbor/action.hpp>

#include <unistd.h>

#include <cstdio>
#include <random>
#include <sstream>

#include "action.hpp"
#include "answer.hpp"
#include "command.hpp"
#include "container_command.hpp"
#include "failure.hpp"
#include "preflight.hpp"
#include "run_failure.hpp"

namespace harbor::docker {
namespace {

/// Only the last bytes of a command's output are kept: they tell why it failed, and an output is
/// not a log.
constexpr std::size_t most_output = 256 * 1024;

/// Steps of one run may run at the same time, and a step more than once: the run's id is not
/// enough.
std::string container_name(const Context& context, const json& input) {
  if (input.contains("containerName")) return input["containerName"];
  char digits[9];
  std::snprintf(digits, sizeof digits, "%08x", std::random_device()());
  return "harbor-" + std::string(context.run_id()) + "-" + digits;
}

void remove(Context& context, const std::vector<std::string>& containers) {
  if (containers.empty()) return;
  Spawn spawn = docker({"rm", "--force", "--volumes"});
  spawn.argv.insert(spawn.argv.end(), containers.begin(), containers.end());
  spawn.clean_up = true;
  (void)context.spawn(spawn);
}

/// Containers of this workspace: those of this run, or those that earlier runs left.
std::vector<std::string> containers(Context& context, const Process& listed, bool of_this_run) {
  std::vector<std::string> found;
  std::istringstream lines(listed.out);
  for (std::string id, run; lines >> id >> run;)
    if (!is_word(id))
      throw garbled("docker ps", id);
    else if ((run == context.run_id()) == of_this_run)
      found.push_back(id);
  return found;
}

Spawn listing(const Context& context) {
  return docker({"ps", "--all", "--no-trunc", "--filter",
                 "label=" + std::string(workspace_label) + "=" + std::string(context.workspace()),
                 "--format", "{{.ID}} {{.Label \"" + std::string(run_label) + "\"}}"});
}

/// Killing the client leaves its container running, so the container is removed by name. If the
/// engine was still creating it, the name did not exist yet, and its label finds it.
void end(Context& context, const std::string& name) {
  try {
    remove(context, {name});
    Spawn look = listing(context);
    look.read_only = true;
    look.clean_up = true;
    look.argv.insert(look.argv.end(), {"--filter", "name=^/?" + name + "$"});
    remove(context, containers(context, context.spawn(look), true));
  } catch (const HostFailure&) {
    // The step already has a failure to report, and the next run removes what is left.
    context.warn(Error(
        HARBOR_E_FAILED, "container.left", "the container " + name + " may be left",
        "the next step that runs a container removes it, or `docker rm --force " + name + "`"));
  }
}

std::string tail_of(const std::string& text) {
  if (text.size() <= most_output) return text;
  std::size_t from = text.size() - most_output;
  // Do not cut a character: an output is JSON, and JSON is UTF-8.
  while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0U) == 0x80U) ++from;
  return text.substr(from);
}

json output_of(const Process& process) {
  return {{"exitCode", process.exit_code},
          {"out", tail_of(process.out)},
          {"err", tail_of(process.err)},
          {"truncated", process.truncated || process.out.size() > most_output ||
                            process.err.size() > most_output}};
}

json run_run(Context& context, const json& input) {
  Spawn look = listing(context);
  look.read_only = true;
  // Removes what a killed Harbor left. The workspace's lock makes that safe: no other run of it can
  // be using those containers now.
  remove(context, containers(context, ask_engine(context, std::move(look)), false));

  const std::string name = container_name(context, input);
  const std::string user = std::to_string(::getuid()) + ":" + std::to_string(::getgid());
  Spawn spawn = run_command(input, {.name = name,
                                    .run_id = std::string(context.run_id()),
                                    .workspace = std::string(context.workspace()),
                                    .user = user});
  watch_engine(context, spawn);
  Process process;
  try {
    process = context.spawn(spawn);
  } catch (...) {
    end(context, name);
    throw;
  }
  if (process.signal != 0) end(context, name);
  if (const auto failure = run_failure_of(context, process, input)) throw Error(*failure);
  return output_of(process);
}

void validate_run(Context& context, const json& input) {
  for (const Error& fault : faults_of(input)) context.fail(fault);
}

json plan_run(Context&, const json& input) {
  std::string command;
  for (const json& word : input.value("command", json::array()))
    command += (command.empty() ? "" : " ") + word.get<std::string>();
  return {{"changes",
           {{{"op", "run"},
             {"target", "container of " + input.at("image").get<std::string>()},
             {"summary", command.empty() ? "the image's own command" : command}}}}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["image"],
  "additionalProperties": false,
  "properties": {
    "image": {"type": "string", "minLength": 1, "pattern": "^[^-]", "description": "The image"},
    "command": {"type": "array", "items": {"type": "string"},
      "description": "The command and its arguments; none means the image's own"},
    "env": {"type": "object", "description": "Variables of the container: texts and secrets"},
    "mounts": {"type": "array", "description": "Files and folders of this machine to mount",
      "items": {"type": "object", "required": ["source", "target"], "additionalProperties": false,
        "properties": {
          "source": {"type": "string", "minLength": 1, "description": "Absolute, or relative to the project"},
          "target": {"type": "string", "minLength": 1, "description": "Path in the container"},
          "readOnly": {"type": "boolean", "default": true, "description": "Whether to mount it read-only"}}}},
    "network": {"type": "string", "minLength": 1, "default": "none", "description": "The network to join"},
    "user": {"type": "string", "minLength": 1, "description": "USER or UID:GID; default: the user who runs Harbor"},
    "workingFolder": {"type": "string", "minLength": 1, "description": "The folder in which the command starts"},
    "containerName": {"type": "string", "pattern": "^[a-zA-Z0-9][a-zA-Z0-9_.-]+$",
      "description": "Name of the container; default: a unique one"},
    "labels": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Labels of the container"},
    "memory": {"type": "string", "default": "512m", "description": "Memory limit: 512m, 2g"},
    "pids": {"type": "integer", "minimum": 1, "default": 256, "description": "Limit on the number of processes"},
    "readOnlyRoot": {"type": "boolean", "default": true, "description": "Whether its root file system is read-only"},
    "tmpfs": {"type": "array", "items": {"type": "string"}, "default": [],
      "description": "Folders in memory that it may write to"},
    "capDrop": {"type": "array", "items": {"type": "string"}, "default": ["ALL"],
      "description": "Linux capabilities to drop"},
    "pull": {"type": "string", "enum": ["always", "missing", "never"], "default": "missing",
      "description": "When to pull the image"},
    "stdin": {"description": "Its standard input: text or a secret"},
    "check": {"type": "boolean", "default": true,
      "description": "Whether an exit status other than 0 is a failure; if not, it is an output like any other"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "exitCode": {"type": "integer", "description": "The exit status of the command"},
    "out": {"type": "string", "description": "The end of what it printed, 256 KiB at most"},
    "err": {"type": "string", "description": "The same for standard error"},
    "truncated": {"type": "boolean", "description": "Whether it printed more than that"}
  }
})";

}  // namespace

constinit const harbor_action run_action = action<run_run>(
    {.name = "container.run",
     .doc = "Runs a command in its own container, isolated from everything that is not given.",
     .input = input_schema,
     .output = output_schema,
     .provides_caps = "container.engine",
     .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_WRITE_WORKSPACE | HARBOR_FX_READ_HOST |
                HARBOR_FX_WRITE_HOST | HARBOR_FX_NETWORK | HARBOR_FX_EXEC,
     .flags = HARBOR_AF_LONG_RUNNING,
     .validate = operation<validate_run>,
     .plan = operation<plan_run>});

}  // namespace harbor::docker
