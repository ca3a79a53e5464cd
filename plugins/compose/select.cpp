// compose.select: which compose files a run is made of.
#include <harbor/action.hpp>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "action.hpp"
#include "capability.hpp"
#include "docker.hpp"
#include "project_name.hpp"
#include "selection.hpp"

namespace harbor::compose {
namespace {

std::vector<std::string> texts(const json& input, const char* key) {
  return input.value(key, std::vector<std::string>());
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Names between commas.
std::vector<std::string> names_in(const std::string& list) {
  std::vector<std::string> names;
  std::istringstream in(list);
  for (std::string name; std::getline(in, name, ',');)
    if (!name.empty()) names.push_back(name);
  return names;
}

std::string compose_version(Context& context) {
  Spawn spawn = docker({"compose", "version", "--short"});
  spawn.read_only = true;
  spawn.timeout = std::chrono::seconds(5);
  try {
    const Process process = context.spawn(spawn);
    return process.ok() ? process.out.substr(0, process.out.find('\n')) : "";
  } catch (const HostFailure&) {
    return "";
  }
}

/// Only capabilities that some file of the tree asks for are looked for: most trees ask for none.
std::vector<Evidence> detected(Context& context, const Selection& selection) {
  const auto is_asked_for = [&](std::string_view name) {
    return std::any_of(selection.reasons.begin(), selection.reasons.end(), [&](const auto& file) {
      return std::find(file.tokens.begin(), file.tokens.end(), name) != file.tokens.end();
    });
  };
  const Machine machine{.root = "/", .path = variable("PATH"), .home = variable("HOME")};
  std::vector<Evidence> evidence;
  const bool wants_gpu = is_asked_for("nvidia") || is_asked_for("cdi");
  if (wants_gpu) evidence.push_back(detect_nvidia(machine));
  if (is_asked_for("cdi") && !evidence.back().is_present) evidence.push_back(detect_cdi(machine));
  if (is_asked_for("rocm")) evidence.push_back(detect_rocm(machine));
  if (is_asked_for("mdc")) {
    std::optional<ComposeVersion> known;
    evidence.push_back(detect_mdc(
        machine, [&](const std::string&) { return compose_version(context); }, known));
  }
  return evidence;
}

SelectionRules rules_of(const json& input) {
  SelectionRules rules;
  rules.base = texts(input, "base");
  rules.include = texts(input, "include");
  rules.search = texts(input, "folders");
  return rules;
}

SelectionRequest request_of(const json& input) {
  SelectionRequest request;
  request.services = texts(input, "services");
  request.options = texts(input, "options");
  request.capabilities = texts(input, "capabilities");
  for (const std::string& name : names_in(variable("HARBOR_CAPABILITIES")))
    request.capabilities.push_back(name);
  request.allow_unknown = input.value("allowUnknown", false);
  return request;
}

void tell(Context& context, const std::vector<Warning>& warnings) {
  for (const Warning& warning : warnings)
    context.warn(
        Error(HARBOR_E_INPUT, warning.code, warning.message, warning.hint, warning.labels));
}

json run_select(Context& context, const json& input) {
  const std::string workspace(context.workspace());
  const Tree tree = tree_at(workspace);
  const SelectionRules rules = rules_of(input);
  SelectionRequest request = request_of(input);
  Selection selection = select(tree, rules, request);

  json found = json::array();
  if (input.value("autoCapabilities", true) && input.value("detect", true)) {
    const std::size_t given = request.capabilities.size();
    for (const Evidence& evidence : detected(context, selection)) {
      found.push_back({{"capability", evidence.capability},
                       {"present", evidence.is_present},
                       {"evidence", evidence.text}});
      if (evidence.is_present) request.capabilities.push_back(evidence.capability);
    }
    if (request.capabilities.size() > given) selection = select(tree, rules, request);
  }
  tell(context, selection.warnings);
  if (selection.files.empty())
    throw Error(HARBOR_E_INPUT, "compose.nothing_selected", "no compose file was chosen",
                "name services on the command line, or in a profile of the descriptor");
  return {{"files", selection.files},
          {"services", selection.services},
          {"options", selection.options},
          {"capabilities", selection.capabilities},
          {"detected", found},
          {"project", project_name(input.value("name", ""), workspace)}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "additionalProperties": false,
  "x-harbor-section": "source.rules",
  "properties": {
    "autoCapabilities": {"type": "boolean", "default": true,
      "description": "Whether to find out what this machine can do: nvidia, cdi, rocm, mdc"},
    "base": {"type": "array", "items": {"type": "string"}, "default": ["compose.yml"],
      "description": "Compose files that are always chosen"},
    "include": {"type": "array", "items": {"type": "string"}, "x-harbor-literal": true,
      "default": ["compose.${service}.yml", "compose.*.${option}.yml",
                  "compose.x.${service}.${option}.yml"],
      "description": "Names of compose files to choose; ${service}, ${option} and * stand for a word"},
    "folders": {"type": "array", "items": {"type": "string"}, "default": [".", "stacks/*"],
      "description": "Folders to look for compose files in; * stands for any folder"},
    "services": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "request.services", "description": "Services to run; * means all"},
    "options": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "request.options",
      "description": "Words that choose overlays; * means every overlay of the services"},
    "capabilities": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "request.capabilities", "x-harbor-value": "A,B",
      "description": "Capabilities to assume, besides those that are found"},
    "detect": {"type": "boolean", "default": true, "x-harbor-from": "request.detect",
      "description": "Do not look for capabilities of this machine"},
    "allowUnknown": {"type": "boolean", "default": false, "x-harbor-from": "request.allowUnknown",
      "description": "Only warn about unknown services and options"},
    "name": {"type": "string", "x-harbor-from": "descriptor.name",
      "description": "Name of the Compose project; otherwise that of the project folder"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "files": {"type": "array", "items": {"type": "string"}, "x-harbor-as": "compose.files",
      "x-harbor-record": true, "x-harbor-result": true,
      "description": "The chosen compose files, in merge order"},
    "services": {"type": "array", "items": {"type": "string"}, "x-harbor-as": "services",
      "x-harbor-record": true, "x-harbor-result": true, "description": "The chosen services"},
    "options": {"type": "array", "items": {"type": "string"}, "x-harbor-as": "options",
      "x-harbor-result": true, "description": "The chosen options"},
    "capabilities": {"type": "array", "items": {"type": "string"}, "x-harbor-as": "capabilities",
      "x-harbor-result": true, "description": "The capabilities in force"},
    "project": {"type": "string", "x-harbor-as": "compose.project", "x-harbor-record": true,
      "description": "Name of the Compose project"},
    "detected": {"type": "array", "items": {"type": "object"},
      "description": "What was looked for on this machine, and the evidence"}
  }
})";

}  // namespace

constinit const harbor_action select_action =
    action<run_select>({.name = "compose.select",
                        .doc = "Chooses compose files by their names.",
                        .input = input_schema,
                        .output = output_schema,
                        .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_READ_HOST | HARBOR_FX_EXEC,
                        .flags = HARBOR_AF_IDEMPOTENT});

}  // namespace harbor::compose
