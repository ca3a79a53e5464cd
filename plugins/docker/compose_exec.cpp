// compose.exec: a command in a running container.
#include <harbor/action.hpp>

#include <unistd.h>

#include <algorithm>

#include "action.hpp"
#include "command.hpp"
#include "container.hpp"
#include "preflight.hpp"

namespace harbor::docker {
namespace {

void require_running(const std::vector<Container>& containers, const std::string& service) {
  require_services(containers, {service});
  std::string state;
  for (const Container& container : containers) {
    if (container.service != service || container.is_one_off) continue;
    if (container.state == "running") return;
    state = describe(container);
  }
  throw Error(HARBOR_E_FAILED, "compose.not_running",
              "service '" + service + "' is not running: it is " + state,
              "`harbor up` starts it, `harbor logs " + service + "` shows what it printed");
}

std::vector<std::string> exec_words(const json& input) {
  std::vector<std::string> words = {"exec"};
  // Without a terminal, in CI or behind a pipe, Compose would fail to allocate one.
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) words.push_back("--no-tty");
  if (input.contains("user")) append(words, {"--user", input["user"]});
  if (input.contains("workdir")) append(words, {"--workdir", input["workdir"]});
  if (input.contains("index"))
    append(words, {"--index", std::to_string(input["index"].get<int>())});
  words.push_back(input.at("service"));
  append(words, input.at("command"));
  return words;
}

json run_exec(Context& context, const json& input) {
  const std::string project = input.at("project");
  require_engine(context);
  const auto containers = containers_of(context, project);
  require_own(containers, project, context.workspace());
  require_running(containers, input.at("service"));
  Spawn spawn = compose_for_person(project, exec_words(input));
  spawn.attach = true;
  const Process process = context.spawn(spawn);
  // As in a shell, so that one number is enough.
  json output = {{"exitCode", process.signal != 0 ? 128 + process.signal : process.exit_code}};
  if (!process.out.empty() || !process.err.empty()) output["text"] = process.out + process.err;
  return output;
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["project", "service", "command"],
  "additionalProperties": false,
  "x-harbor-cli": {"command": "exec", "args": ["service", "command"], "verbatim": true,
                   "print": "text", "exit": "exitCode"},
  "properties": {
    "project": {"type": "string", "x-harbor-from": "compose.project", "x-harbor-recorded": true,
      "description": "Name of the Compose project"},
    "service": {"type": "string", "minLength": 1, "description": "The service in which to run it"},
    "command": {"type": "array", "items": {"type": "string"}, "minItems": 1,
      "description": "The command and its arguments"},
    "user": {"type": "string", "x-harbor-letter": "u", "x-harbor-value": "USER",
      "description": "Run it as this user"},
    "workdir": {"type": "string", "x-harbor-letter": "w", "x-harbor-value": "DIR",
      "description": "Run it in this folder of the container"},
    "index": {"type": "integer", "minimum": 1,
      "description": "Which container, when the service has several"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "exitCode": {"type": "integer", "description": "How the command ended"},
    "text": {"type": "string", "description": "What it printed, unless that went to the terminal directly"}
  }
})";

}  // namespace

constinit const harbor_action exec_action = action<run_exec>(
    {.name = "compose.exec",
     .doc = "Runs a command in a running service.",
     .input = input_schema,
     .output = output_schema,
     .requires_caps = "container.engine",
     .effects = HARBOR_FX_READ_HOST | HARBOR_FX_WRITE_HOST | HARBOR_FX_NETWORK | HARBOR_FX_EXEC,
     .flags = HARBOR_AF_LONG_RUNNING});

}  // namespace harbor::docker
