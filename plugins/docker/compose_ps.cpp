// compose.ps: the containers of the project, as a table.
#include <harbor/action.hpp>

#include <algorithm>

#include "action.hpp"
#include "container.hpp"
#include "preflight.hpp"

namespace harbor::docker {
namespace {

using Row = std::vector<std::string>;

std::string table_of(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += row[i] + std::string(widths[i] + 2 - row[i].size(), ' ');
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

json run_ps(Context& context, const json& input) {
  require_engine(context);
  const std::string project = input.at("project");
  auto containers = containers_of(context, project);
  require_own(containers, project, context.workspace());
  const auto services = input.value("services", std::vector<std::string>());
  require_services(containers, services);
  if (!services.empty())
    std::erase_if(containers, [&](const Container& container) {
      return std::find(services.begin(), services.end(), container.service) == services.end();
    });
  json out = json::array();
  std::vector<Row> rows = {{"SERVICE", "STATE", "PORTS", "IMAGE"}};
  for (const Container& container : containers) {
    rows.push_back(
        {container.service, describe(container), joined(container.ports), container.image});
    out.push_back({{"service", container.service},
                   {"name", container.name},
                   {"id", container.id},
                   {"state", container.state},
                   {"health", container.health},
                   {"exitCode", container.exit_code},
                   {"startedAt", container.started_at},
                   {"image", container.image},
                   {"ports", container.ports}});
  }
  const std::string text =
      containers.empty() ? "Nothing is deployed here. `harbor up` starts it.\n" : table_of(rows);
  return {{"containers", out}, {"text", text}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["project"],
  "additionalProperties": false,
  "x-harbor-cli": {"command": "ps", "args": ["services"], "print": "text"},
  "properties": {
    "project": {"type": "string", "x-harbor-from": "compose.project", "x-harbor-recorded": true,
      "description": "Name of the Compose project"},
    "services": {"type": "array", "items": {"type": "string"}, "default": [],
      "description": "Services to show; none means all"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "containers": {"type": "array", "items": {"type": "object"},
      "description": "Each container: service, name, id, state, health, exitCode, startedAt, image, ports"},
    "text": {"type": "string", "description": "The same as a table"}
  }
})";

}  // namespace

constinit const harbor_action ps_action =
    action<run_ps>({.name = "compose.ps",
                    .doc = "Lists the deployed services and their state.",
                    .input = input_schema,
                    .output = output_schema,
                    .requires_caps = "container.engine",
                    .effects = HARBOR_FX_READ_HOST | HARBOR_FX_NETWORK | HARBOR_FX_EXEC,
                    .flags = HARBOR_AF_IDEMPOTENT});

}  // namespace harbor::docker
