// compose.logs: what the services printed.
#include <harbor/action.hpp>

#include "action.hpp"
#include "command.hpp"
#include "container.hpp"
#include "failure.hpp"
#include "preflight.hpp"

namespace harbor::docker {
namespace {

std::vector<std::string> logs_words(const json& input) {
  std::vector<std::string> words = {"logs"};
  if (input.value("follow", false)) words.push_back("--follow");
  if (input.value("timestamps", false)) words.push_back("--timestamps");
  if (input.contains("tail")) append(words, {"--tail", std::to_string(input["tail"].get<int>())});
  if (input.contains("since")) append(words, {"--since", input["since"]});
  append(words, input.value("services", json::array()));
  return words;
}

json run_logs(Context& context, const json& input) {
  const std::string project = input.at("project");
  require_engine(context);
  const auto containers = containers_of(context, project);
  require_own(containers, project, context.workspace());
  require_services(containers, input.value("services", std::vector<std::string>()));
  Spawn spawn = compose_for_person(project, logs_words(input));
  spawn.read_only = true;
  spawn.attach = true;
  const Process process = context.spawn(spawn);
  // A signal is how a person ends `--follow`.
  if (!process.ok() && process.signal == 0) throw failure_of(context, process);
  return process.out.empty() ? json::object() : json{{"text", process.out}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["project"],
  "additionalProperties": false,
  "x-harbor-cli": {"command": "logs", "args": ["services"], "print": "text"},
  "properties": {
    "project": {"type": "string", "x-harbor-from": "compose.project", "x-harbor-recorded": true,
      "description": "Name of the Compose project"},
    "env": {"type": "object", "x-harbor-from": "env",
      "x-harbor-otherwise": "secrets may show in the lines that follow: the environment cannot be read",
      "description": "The environment, whose secrets are masked"},
    "services": {"type": "array", "items": {"type": "string"}, "default": [],
      "description": "Services to show; none means all"},
    "follow": {"type": "boolean", "default": false, "x-harbor-letter": "f",
      "description": "Keep printing new lines as they appear"},
    "tail": {"type": "integer", "minimum": 0, "x-harbor-letter": "n", "x-harbor-value": "LINES",
      "description": "Only the last lines of each container"},
    "since": {"type": "string", "x-harbor-value": "TIME",
      "description": "Only lines newer than this: 10m, 2h, or a date and time"},
    "timestamps": {"type": "boolean", "default": false, "x-harbor-letter": "t",
      "description": "Show when each line was printed"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "text": {"type": "string", "description": "The lines, unless they went to the terminal directly"}
  }
})";

}  // namespace

constinit const harbor_action logs_action =
    action<run_logs>({.name = "compose.logs",
                      .doc = "Shows what the services print, with secrets masked.",
                      .input = input_schema,
                      .output = output_schema,
                      .requires_caps = "container.engine",
                      .effects = HARBOR_FX_READ_HOST | HARBOR_FX_NETWORK | HARBOR_FX_EXEC,
                      .flags = HARBOR_AF_IDEMPOTENT | HARBOR_AF_LONG_RUNNING});

}  // namespace harbor::docker
