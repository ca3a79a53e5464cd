// compose.up: makes the chosen services run.
#include <harbor/action.hpp>
#include <harbor/digest.hpp>

#include <algorithm>
#include <set>

#include "action.hpp"
#include "answer.hpp"
#include "claim.hpp"
#include "command.hpp"
#include "container.hpp"
#include "content_record.hpp"
#include "decision.hpp"
#include "deployment_status.hpp"
#include "diagnosis.hpp"
#include "failure.hpp"
#include "narration.hpp"
#include "port_check.hpp"
#include "preflight.hpp"
#include "started.hpp"
#include "wanted.hpp"

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

/// Puts the merged file, and the labels for its services, where they stay as what the last deploy
/// started, so that Compose can name them.
void keep_files(Context& context, Stack& stack, const std::optional<std::vector<Wanted>>& wanted) {
  const auto keep = [&](const char* name, const std::string& text) {
    context.write_file({.path = name, .parts = {text}});
    return std::string(context.run_dir()) + "/" + name;
  };
  if (!stack.merged.empty()) stack.files = {keep("compose.yml", stack.merged)};
  stack.merged.clear();
  if (wanted && !wanted->empty()) stack.files.push_back(keep(label_file_name, label_file(*wanted)));
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

/// What is known of the containers besides what they tell themselves.
Circumstances circumstances_for(Context& context, const Stack& stack, const json& input,
                                const std::vector<Container>& containers) {
  return {.recreates = input.value("recreate", false),
          .project = stack.project,
          .content = read_content_record(context),
          .images = image_digests(context, containers)};
}

/// Services that were chosen by name are only a part of the deployment: the others are no orphans.
bool is_part(const json& input) {
  return input.value("profile", "").empty() && !input.value("services", json::array()).empty();
}

void warn_of_orphans(Context& context, const std::vector<std::string>& orphans, const json& input) {
  if (orphans.empty() || is_part(input)) return;
  context.warn(Error(HARBOR_E_FAILED, "compose.orphans",
                     "services that are no longer chosen are still there: " + joined(orphans),
                     "`--remove-orphans` removes them"));
}

/// Runs a command that changes things, for the deployment to fail with what a second look finds.
void perform(Context& context, const Stack& stack, const std::vector<std::string>& words) {
  Spawn spawn = compose(stack, words);
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
}

/// What Compose does not do by itself: it builds no image that is there, and can neither start nor
/// stop a container that is paused.
void prepare(Context& context, const Stack& stack, const std::vector<Decision>& decisions,
             const std::vector<Container>& before, const json& input) {
  std::vector<std::string> paused = {"unpause"}, built = {"build"};
  std::set<std::string> orphans;
  for (const Container& container : before) orphans.insert(container.service);
  for (const Decision& one : decisions) {
    orphans.erase(one.wanted->service);
    if (one.builds) built.push_back(one.wanted->service);
  }
  for (const Container& container : before)
    if (container.state == "paused" &&
        (input.value("removeOrphans", false) || !orphans.contains(container.service)))
      paused.push_back(container.id);
  if (paused.size() > 1) change_engine(context, docker(paused));
  if (built.size() > 1 && !input.value("build", false)) perform(context, stack, built);
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

  // Made here, where something may be written: whoever only looks for it cannot.
  (void)keyed_digest(context, {""});
  const auto wanted = wanted_services(context, stack, input);
  std::vector<Decision> decisions;
  if (wanted) decisions = decide(*wanted, before, circumstances_for(context, stack, input, before));
  require_free_ports(context, decisions);
  keep_files(context, stack, wanted);
  prepare(context, stack, decisions, before, input);
  perform(context, stack, up_words(input));
  const bool told = tell_of_content(context, decisions);
  const auto after = containers_of(context, stack.project);
  require_started(context, stack, input, after, wanted);
  if (wanted) {
    write_content_record(context, *wanted, after);
    if (!input.value("removeOrphans", false))
      warn_of_orphans(context, orphans_of(*wanted, after), input);
  }
  json output = {{"containers", containers_json(after)}};
  if (is_same(before, after) && !told) return Unchanged{std::move(output)};
  return output;
}

// ---- plan

json change(const char* op, const std::string& service, const std::string& summary) {
  return {{"op", op}, {"target", "service " + service}, {"summary", summary}};
}

json changes_for(Context& context, const std::vector<Decision>& decisions) {
  json changes = json::array();
  for (const Decision& one : decisions) {
    if (one.deed == Deed::leave) continue;
    if (one.deed == Deed::ignore)
      context.info("service " + one.wanted->service + ": " + one.reason);
    else
      changes.push_back(
          change(one.deed == Deed::create ? "create" : "update", one.wanted->service, one.reason));
  }
  return changes;
}

json plan_up(Context& context, const json& input) {
  const Stack stack = stack_of(context, input);
  const auto containers = containers_of(context, stack.project);
  if (!input.value("adopt", false)) {
    require_own(containers, stack.project, stack.workspace);
    require_unclaimed(context, stack.project);
  }
  const auto wanted = wanted_services(context, stack, input);
  if (!wanted)
    return {{"changes", json::array({{{"op", "run"},
                                      {"target", "project " + stack.project},
                                      {"summary", "cannot tell: no pack reads compose files"}}})}};
  const auto decisions =
      decide(*wanted, containers, circumstances_for(context, stack, input, containers));
  require_free_ports(context, decisions);
  json changes = changes_for(context, decisions);
  const auto orphans = orphans_of(*wanted, containers);
  if (input.value("removeOrphans", false)) {
    for (const std::string& name : orphans)
      changes.push_back(change("delete", name, "is no longer chosen"));
  } else {
    warn_of_orphans(context, orphans, input);
  }
  return {{"changes", changes}};
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
    "configFolders": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "configs.folders",
      "description": "The folders that hold these and nothing else"},
    "services": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "request.services",
      "description": "Services that were asked for; everything in the files is started"},
    "profile": {"type": "string", "x-harbor-from": "request.profile",
      "description": "The profile in force; without one, what was asked for is a part of the deployment"},
    "waitTimeout": {"type": "integer", "minimum": 1, "default": 600, "x-harbor-value": "SECONDS",
      "description": "How long services may take to become healthy, in seconds"},
    "removeOrphans": {"type": "boolean", "default": false, "x-harbor-from": "request.removeOrphans",
      "description": "Remove containers of services that are no longer in the files"},
    "build": {"type": "boolean", "default": false, "x-harbor-from": "request.build",
      "description": "Build images first, even if they exist"},
    "recreate": {"type": "boolean", "default": false, "x-harbor-from": "request.recreate",
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
     .status = operation<deployment_status>});

}  // namespace harbor::docker
