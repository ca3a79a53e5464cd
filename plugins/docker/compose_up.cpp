// compose.up: makes the chosen services run.
#include <harbor/action.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "action.hpp"
#include "answer.hpp"
#include "claim.hpp"
#include "command.hpp"
#include "container.hpp"
#include "diagnosis.hpp"
#include "failure.hpp"
#include "narration.hpp"
#include "preflight.hpp"

namespace harbor::docker {
namespace {

using namespace std::chrono_literals;

/// Kept back from the step's deadline, to stop Compose and to find out which service was late.
constexpr auto reserve = 15s;

std::vector<std::string> up_words(const json& input) {
  std::vector<std::string> words = {"up", "--detach", "--wait", "--wait-timeout",
                                    std::to_string(input.value("waitTimeout", 600))};
  if (input.value("removeOrphans", false)) words.push_back("--remove-orphans");
  if (input.value("build", false)) words.push_back("--build");
  // What is adopted has the other folder's name in its labels.
  if (input.value("recreate", false) || input.value("adopt", false))
    words.push_back("--force-recreate");
  if (input.contains("pull")) append(words, {"--pull", input["pull"]});
  return words;
}

std::chrono::milliseconds time_for_compose(const Context& context) {
  const auto deadline = context.deadline();
  if (!deadline) return 0ms;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      *deadline - std::chrono::steady_clock::now());
  return std::max<std::chrono::milliseconds>(left > 2 * reserve ? left - reserve : left / 2, 1ms);
}

json containers_json(const std::vector<Container>& containers) {
  json out = json::array();
  for (const Container& container : containers)
    out.push_back({{"service", container.service},
                   {"name", container.name},
                   {"state", describe(container)},
                   {"ports", container.ports}});
  return out;
}

/// Writes the merged file to where it stays as a record of what the last deploy started. A file of
/// its own also gives Compose's messages a name to show, which a file in memory has not.
void keep_merged(Context& context, Stack& stack) {
  if (stack.merged.empty()) return;
  context.write_file({.path = "compose.yml", .parts = {stack.merged}});
  stack.files = {std::string(context.run_dir()) + "/compose.yml"};
  stack.merged.clear();
}

/// Throws if a file that a service mounts was not rendered: Docker would say so much later, with
/// half of the services running.
void require_rendered(const json& input) {
  std::set<std::string> made;
  for (const json& config : input.value("configs", json::array()))
    made.insert(config.at("path").get<std::string>());
  for (const json& one : input.value("templates", json::array())) {
    const std::string path =
        one.at("to").get<std::string>() + "/" + one.at("name").get<std::string>();
    if (made.contains(path)) continue;
    throw Error(HARBOR_E_INPUT, "compose.template_not_rendered",
                "'" + one.at("service").get<std::string>() + "' has a config template, " +
                    one.at("from").get<std::string>() + ", and no step renders it",
                "write `templates: []` into the stage prepare of the descriptor");
  }
}

/// Conflicts are reported before anything starts, by the pack that reads compose files.
void validate_up(Context& context, const json& input) {
  require_rendered(input);
  json question = {{"files", input.at("files")},
                   {"unset", context.is_check()}};  // else Compose tells of those itself
  for (const char* key : {"native", "env"})
    if (input.contains(key)) question[key] = input[key];
  try {
    context.invoke("compose.check", question);
  } catch (const HostFailure& failure) {
    // Without such a pack Compose itself is left to find them.
    if (failure.status != HARBOR_E_UNSUPPORTED) throw;
  }
}

/// The services that Compose is to start at least one container of.
std::set<std::string> wanted_services(Context& context, const Stack& stack) {
  const Process process =
      ask_engine(context, compose(stack, {"config", "--no-interpolate", "--format", "json"}), 30s);
  const json model = json::parse(process.out, nullptr, false);
  if (!model.is_object()) throw garbled("docker compose config", process.out);
  std::set<std::string> wanted;
  for (const auto& [name, service] : object_at(model, "services").items()) {
    const json& deploy = object_at(service, "deploy");
    const bool is_none = (service.contains("scale") && number_at(service, "scale") == 0) ||
                         (deploy.contains("replicas") && number_at(deploy, "replicas") == 0);
    if (!is_none) wanted.insert(name);
  }
  return wanted;
}

/// An `up` that ends with 0 is believed only when there is something to show for it.
void require_started(Context& context, const Stack& stack, const json& input,
                     const std::vector<Container>& after) {
  std::set<std::string> missing;
  for (const json& service : input.value("services", json::array())) missing.insert(service);
  for (const Container& container : after) missing.erase(container.service);
  if (missing.empty() && !after.empty()) return;
  const auto wanted = wanted_services(context, stack);
  if (missing.empty()) missing = wanted;
  for (const std::string& service : missing)
    if (wanted.contains(service))
      throw Error(HARBOR_E_FAILED, "compose.not_started",
                  "Compose says that all is started, and '" + service + "' has no container",
                  "`docker` may be a wrapper; `--verbose` shows all that it printed");
}

Result run_up(Context& context, const json& input) {
  Stack stack = stack_of(context, input);
  require_engine(context);
  require_compose(context);
  const bool adopts = input.value("adopt", false);
  // Whether anything changed is found by comparing the containers before and after: what Compose
  // prints about it differs from release to release.
  const auto before = containers_of(context, stack.project);
  if (!adopts) require_own(before, stack.project, stack.workspace);
  claim(context, stack.project, adopts);

  keep_merged(context, stack);
  Spawn spawn = compose(stack, up_words(input));
  spawn.timeout = time_for_compose(context);
  try {
    const Process process = narrate(context, spawn, stack.project);
    if (!process.ok()) throw diagnose(context, stack, process);
  } catch (const HostFailure& failure) {
    // Only a time-out of its own, with the reserve still left: once the step is over, nothing may
    // be asked any more.
    if (failure.status != HARBOR_E_TIMEOUT || context.cancelled() != HARBOR_OK) throw;
    throw diagnose_late(context, stack);
  }
  const auto after = containers_of(context, stack.project);
  require_started(context, stack, input, after);
  json output = {{"containers", containers_json(after)}};
  if (is_same(before, after)) return Unchanged{std::move(output)};
  return output;
}

// ---- plan

/// Service -> hash of its configuration, as Compose writes it into a label. Compose has to compute
/// it: the hash covers its own defaults and differs from release to release.
std::map<std::string, std::string> wanted_hashes(Context& context, const Stack& stack) {
  Spawn spawn = compose(stack, {"config", "--hash", "*"});
  spawn.read_only = true;
  const Process process = context.spawn(spawn);
  if (!process.ok()) throw failure_of(context, process);
  std::map<std::string, std::string> hashes;
  std::istringstream in(process.out);
  for (std::string line; std::getline(in, line);) {
    const auto space = line.find(' ');
    const std::string service = line.substr(0, space);
    const std::string hash = space == std::string::npos ? "" : line.substr(space + 1);
    if (!is_word(service) || !is_word(hash)) throw garbled("docker compose config", line);
    hashes[service] = hash;
  }
  return hashes;
}

json change(const char* op, const std::string& service, const std::string& summary) {
  return {{"op", op}, {"target", "service " + service}, {"summary", summary}};
}

json changes_for(const std::map<std::string, std::string>& wanted,
                 const std::vector<Container>& containers, const json& input) {
  json changes = json::array();
  for (const auto& [service, hash] : wanted) {
    const auto found = std::find_if(
        containers.begin(), containers.end(),
        [&name = service](const Container& c) { return c.service == name && !c.is_one_off; });
    if (found == containers.end())
      changes.push_back(change("create", service, "is not deployed"));
    else if (found->config_hash != hash)
      changes.push_back(change("update", service, "its configuration changed: new container"));
    else if (input.value("recreate", false))
      changes.push_back(change("update", service, "new container, as asked"));
    else if (found->state != "running" && (found->state != "exited" || found->exit_code != 0))
      changes.push_back(change("update", service, "is " + describe(*found) + ": start"));
  }
  if (!input.value("removeOrphans", false)) return changes;
  std::set<std::string> gone;
  for (const Container& container : containers)
    if (!wanted.contains(container.service) && gone.insert(container.service).second)
      changes.push_back(change("delete", container.service, "is no longer chosen"));
  return changes;
}

json plan_up(Context& context, const json& input) {
  const Stack stack = stack_of(context, input);
  const auto wanted = wanted_hashes(context, stack);
  require_engine(context);
  const auto containers = containers_of(context, stack.project);
  if (!input.value("adopt", false)) {
    require_own(containers, stack.project, stack.workspace);
    require_unclaimed(context, stack.project);
  }
  return {{"changes", changes_for(wanted, containers, input)}};
}

// ---- status

json status_of(Context& context, const json& input) {
  require_engine(context);
  const auto containers = containers_of(context, input.at("project").get<std::string>());
  json items = json::array();
  std::size_t well = 0, live = 0, total = 0;
  for (const Container& container : containers) {
    if (container.is_one_off) continue;
    // A migration that ran to its end is as it should be, although it does not run.
    const bool is_done = container.state == "exited" && container.exit_code == 0;
    ++total;
    well += container.is_well() || is_done;
    live += container.state == "running" || container.state == "restarting";
    std::string ports;
    for (const std::string& port : container.ports) ports += (ports.empty() ? "" : ", ") + port;
    items.push_back(
        {{"name", container.service}, {"state", describe(container)}, {"detail", ports}});
  }
  const char* state = total == 0      ? "absent"
                      : live == 0     ? "stopped"
                      : well == total ? "running"
                                      : "degraded";
  const std::string summary =
      total == 0 ? "nothing is deployed"
                 : std::to_string(well) + " of " + std::to_string(total) + " running";
  return {{"state", state}, {"summary", summary}, {"items", items}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["files", "project"],
  "additionalProperties": false,
  "x-harbor-cli": {"command": "up", "args": ["services"], "print": "text"},
  "properties": {
    "files": {"type": "array", "items": {"type": "string"}, "minItems": 1,
      "x-harbor-from": "compose.files", "description": "Compose files, in merge order"},
    "file": {"type": "string", "x-harbor-from": "compose.file",
      "description": "The same files merged into one, as text"},
    "project": {"type": "string", "x-harbor-from": "compose.project",
      "description": "Name of the Compose project"},
    "native": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "native.names", "description": "Services that run outside containers"},
    "env": {"type": "object", "x-harbor-from": "env",
      "description": "Variables for ${...} in the compose files"},
    "serviceEnv": {"type": "object", "x-harbor-from": "env.services",
      "description": "What differs for single services"},
    "templates": {"type": "array", "items": {"type": "object"}, "x-harbor-from": "compose.templates",
      "description": "Config files that the services mount: service, from, to, name"},
    "configs": {"type": "array", "items": {"type": "object"}, "x-harbor-from": "configs",
      "description": "The config files that were rendered"},
    "services": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "request.services",
      "description": "Services to start, besides their dependencies"},
    "waitTimeout": {"type": "integer", "minimum": 1, "default": 600, "x-harbor-value": "SECONDS",
      "description": "How long services may take to become healthy, in seconds"},
    "removeOrphans": {"type": "boolean", "default": false,
      "description": "Remove containers of services that are no longer in the files"},
    "build": {"type": "boolean", "default": false,
      "description": "Build images first, even if they exist"},
    "recreate": {"type": "boolean", "default": false,
      "description": "Replace containers even if nothing changed"},
    "adopt": {"type": "boolean", "default": false, "x-harbor-from": "request.adopt",
      "description": "Take over what another folder deployed under this project name"},
    "dryRun": {"type": "boolean", "default": false, "x-harbor-instead": "compose.show",
      "description": "Print the merged compose file and start nothing"},
    "pull": {"enum": ["always", "missing", "never"], "type": "string", "x-harbor-value": "WHEN",
      "description": "When to pull images: always, missing or never"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "containers": {"type": "array", "items": {"type": "object"},
      "description": "The containers of the project: service, name, state, ports"},
    "text": {"type": "string", "description": "The merged compose file, of a dry run"}
  }
})";

}  // namespace

constinit const harbor_action up_action = action<run_up>(
    {.name = "compose.up",
     .doc = "Starts the chosen services and waits until they are healthy.",
     .input = input_schema,
     .output = output_schema,
     .requires_caps = "container.engine",
     .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_WRITE_WORKSPACE | HARBOR_FX_READ_HOST |
                HARBOR_FX_WRITE_HOST | HARBOR_FX_NETWORK | HARBOR_FX_EXEC,
     .flags = HARBOR_AF_IDEMPOTENT | HARBOR_AF_LONG_RUNNING,
     .validate = operation<validate_up>,
     .plan = operation<plan_up>,
     .status = operation<status_of>});

}  // namespace harbor::docker
