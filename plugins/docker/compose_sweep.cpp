// compose.sweep: removes what this folder deployed when only labels tell what that is.
#include <harbor/action.hpp>

#include <set>

#include "action.hpp"
#include "answer.hpp"
#include "claim.hpp"
#include "command.hpp"
#include "container_command.hpp"
#include "preflight.hpp"

namespace harbor::docker {
namespace {

std::vector<std::string> listed(Context& context, std::vector<std::string> words,
                                const std::string& label, const char* format) {
  words.insert(words.end(), {"--filter", "label=" + label + "=" + std::string(context.workspace()),
                             "--format", format});
  return words_in(ask_engine(context, docker(words)), "docker " + words.front());
}

/// Compose projects with a container that this folder created, or with its claim.
std::set<std::string> projects(Context& context) {
  const auto named = listed(context, {"ps", "--all"}, "com.docker.compose.project.working_dir",
                            R"({{.Label "com.docker.compose.project"}})");
  std::set<std::string> found(named.begin(), named.end());
  for (const std::string& volume :
       listed(context, {"volume", "ls"}, std::string(workspace_label), "{{.Name}}"))
    if (const auto project = claimed_by(volume)) found.insert(*project);
  return found;
}

/// Containers of container.run that a killed run left.
std::vector<std::string> single_containers(Context& context) {
  return listed(context, {"ps", "--all", "--no-trunc"}, std::string(workspace_label), "{{.ID}}");
}

Result run_sweep(Context& context, const json&) {
  require_engine(context);
  const auto found = projects(context);
  for (const std::string& project : found) context.invoke("compose.down", {{"project", project}});
  const auto single = single_containers(context);
  if (!single.empty()) {
    Spawn spawn = docker({"rm", "--force", "--volumes"});
    spawn.argv.insert(spawn.argv.end(), single.begin(), single.end());
    change_engine(context, std::move(spawn));
  }
  if (found.empty() && single.empty()) return Unchanged{};
  return {};
}

json plan_sweep(Context& context, const json&) {
  require_engine(context);
  json changes = json::array();
  for (const std::string& project : projects(context))
    changes.push_back({{"op", "delete"}, {"target", "Compose project " + project}});
  for (const std::string& id : single_containers(context))
    changes.push_back({{"op", "delete"}, {"target", "container " + id.substr(0, 12)}});
  return {{"changes", changes}};
}

}  // namespace

constinit const harbor_action sweep_action = action<run_sweep>(
    {.name = "compose.sweep",
     .doc = "Removes what this folder deployed, found only by labels; volumes stay.",
     .input = R"({"type": "object", "additionalProperties": false})",
     .requires_caps = "container.engine",
     .provides_caps = "deployment.sweep",
     .effects = HARBOR_FX_READ_HOST | HARBOR_FX_WRITE_HOST | HARBOR_FX_NETWORK | HARBOR_FX_EXEC,
     .flags = HARBOR_AF_IDEMPOTENT,
     .plan = operation<plan_sweep>});

}  // namespace harbor::docker
