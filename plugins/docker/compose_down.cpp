// compose.down: removes services, found by the project's name alone.
#include <harbor/action.hpp>

#include <algorithm>

#include "action.hpp"
#include "answer.hpp"
#include "claim.hpp"
#include "command.hpp"
#include "container.hpp"
#include "failure.hpp"
#include "narration.hpp"
#include "preflight.hpp"
#include "wanted.hpp"

namespace harbor::docker {
namespace {

/// The names that `docker KIND ls` lists for the project.
std::vector<std::string> named(Context& context, const char* kind, const std::string& project) {
  Spawn spawn = docker({kind, "ls", "--format", "{{.Name}}", "--filter",
                        "label=com.docker.compose.project=" + project});
  return words_in(ask_engine(context, std::move(spawn)), "docker " + std::string(kind) + " ls");
}

/// What exists of the project, limited to the named services.
struct Remains {
  std::vector<Container> containers;
  std::vector<std::string> networks, volumes;

  [[nodiscard]] bool is_empty() const {
    return containers.empty() && networks.empty() && volumes.empty();
  }
};

Remains remains(Context& context, const json& input, const std::string& project) {
  const auto services = input.value("services", std::vector<std::string>());
  Remains out;
  out.containers = containers_of(context, project);
  if (!input.value("adopt", false)) {
    require_own(out.containers, project, context.workspace());
    // Only the claim tells whose networks and volumes these are.
    require_unclaimed(context, project);
  }
  if (!services.empty()) {
    require_services(out.containers, services);
    std::erase_if(out.containers, [&](const Container& container) {
      return std::find(services.begin(), services.end(), container.service) == services.end();
    });
    return out;
  }
  out.networks = named(context, "network", project);
  if (input.value("volumes", false)) out.volumes = named(context, "volume", project);
  return out;
}

/// While there is a volume or a container, the claim must stay to tell whose it is.
void release_unless_used(Context& context, const json& input, const std::string& project) {
  if (!input.value("services", json::array()).empty()) return;
  if (named(context, "volume", project).empty() && containers_of(context, project).empty())
    release_claim(context, project);
}

/// The project, and those that Harbor started from this folder under other names, when the
/// descriptor's `name:` was different.
std::vector<std::string> projects(Context& context, const json& input) {
  std::vector<std::string> names = {input.at("project").get<std::string>()};
  if (!input.value("services", json::array()).empty()) return names;
  const Process process = ask_engine(
      context,
      docker({"container", "ls", "--all", "--filter", std::string("label=") + digest_label,
              "--filter",
              "label=com.docker.compose.project.working_dir=" + std::string(context.workspace()),
              "--format", R"({{.Label "com.docker.compose.project"}})"}));
  for (std::string& name : words_in(process, "docker container ls"))
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  return names;
}

void take_down(Context& context, const json& input, const std::string& project) {
  std::vector<std::string> words = {"down", "--remove-orphans"};
  if (input.value("volumes", false)) words.push_back("--volumes");
  if (input.contains("stopTimeout")) {
    words.push_back("--timeout");
    words.push_back(std::to_string(input["stopTimeout"].get<int>()));
  }
  append(words, input.value("services", json::array()));
  const Process process = narrate(context, compose_by_name(project, words), project);
  if (!process.ok()) throw failure_of(context, process);
}

Result run_down(Context& context, const json& input) {
  require_engine(context);
  if (input.value("adopt", false)) claim(context, input.at("project"), true);
  bool is_done = false;
  for (const std::string& project : projects(context, input)) {
    // Checked first, since `down` of nothing succeeds with a warning, and destroy must be
    // repeatable.
    if (!remains(context, input, project).is_empty()) {
      take_down(context, input, project);
      is_done = true;
    }
    release_unless_used(context, input, project);
  }
  if (!is_done) return Unchanged{};
  return {};
}

json plan_down(Context& context, const json& input) {
  require_engine(context);
  json changes = json::array();
  for (const std::string& project : projects(context, input)) {
    const Remains there = remains(context, input, project);
    for (const Container& container : there.containers)
      changes.push_back({{"op", "delete"},
                         {"target", "container " + container.name},
                         {"summary", describe(container)}});
    for (const std::string& network : there.networks)
      changes.push_back({{"op", "delete"}, {"target", "network " + network}});
    for (const std::string& volume : there.volumes)
      changes.push_back({{"op", "delete"}, {"target", "volume " + volume}, {"destructive", true}});
  }
  return {{"changes", changes}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["project"],
  "additionalProperties": false,
  "x-harbor-cli": {"command": "down", "args": ["services"]},
  "properties": {
    "project": {"type": "string", "x-harbor-from": "compose.project", "x-harbor-recorded": true,
      "description": "Name of the Compose project"},
    "services": {"type": "array", "items": {"type": "string"}, "default": [],
      "description": "Services to take down, and those that depend on them; none means all"},
    "volumes": {"type": "boolean", "default": false,
      "description": "Remove named and anonymous volumes too: their data is lost"},
    "adopt": {"type": "boolean", "default": false, "x-harbor-from": "request.adopt",
      "description": "Take over what another folder deployed under this project name"},
    "stopTimeout": {"type": "integer", "minimum": 0, "x-harbor-value": "SECONDS",
      "description": "How long a container may take to stop before it is killed, in seconds"}
  }
})";

}  // namespace

constinit const harbor_action down_action = action<run_down>(
    {.name = "compose.down",
     .doc = "Stops and removes the services and their networks.",
     .input = input_schema,
     .requires_caps = "container.engine",
     .effects = HARBOR_FX_READ_HOST | HARBOR_FX_WRITE_HOST | HARBOR_FX_NETWORK | HARBOR_FX_EXEC,
     .flags = HARBOR_AF_IDEMPOTENT,
     .plan = operation<plan_down>});

}  // namespace harbor::docker
