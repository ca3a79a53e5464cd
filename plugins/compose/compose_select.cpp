// compose.select: which compose files a run consists of.
#include <harbor/action.hpp>

#include <algorithm>
#include <sstream>
#include <unordered_set>

#include "action.hpp"
#include "capability.hpp"
#include "conflict.hpp"
#include "explanation.hpp"
#include "go_build.hpp"
#include "native_selection.hpp"
#include "notice.hpp"
#include "project_name.hpp"
#include "selection.hpp"

namespace harbor::compose {
namespace {

std::vector<std::string> texts(const json& input, const char* key) {
  return input.value(key, std::vector<std::string>());
}

/// Names between commas.
std::vector<std::string> names_in(const std::string& list) {
  std::vector<std::string> names;
  std::istringstream in(list);
  for (std::string name; std::getline(in, name, ',');)
    if (!name.empty()) names.push_back(name);
  return names;
}

/// The release of Compose that would be used; empty if it is unknown.
std::string asked_release(Context& context) {
  try {
    return context.invoke("compose.version", json::object()).value("version", "");
  } catch (const HostFailure&) {
    return "";  // without a driver, or with one that fails, there is no such capability
  }
}

bool speaks_of(const Selection& selection, const std::string& capability) {
  return std::any_of(selection.reasons.begin(), selection.reasons.end(), [&](const auto& file) {
    return std::count(file.tokens.begin(), file.tokens.end(), capability) > 0;
  });
}

SelectionRules rules_of(const json& input) {
  SelectionRules rules;
  rules.base = texts(input, "base");
  rules.include = texts(input, "include");
  rules.search = texts(input, "folders");
  return rules;
}

SelectionRequest request_of(Context& context, const json& input) {
  SelectionRequest request;
  request.services = texts(input, "services");
  request.options = texts(input, "options");
  request.capabilities = texts(input, "capabilities");
  for (const std::string& name : names_in(context.environment("HARBOR_CAPABILITIES").value_or("")))
    request.capabilities.push_back(name);
  request.exclude = texts(input, "native");
  for (const std::string& name : texts(input, "exclude")) request.exclude.push_back(name);
  request.exclude = excluded_names(request.exclude);
  request.allow_unknown = input.value("allowUnknown", false);
  request.explains = input.value("explain", false);
  return request;
}

/// What this machine can do. Asking Compose takes longer than everything else here, so it is asked
/// only if its binary does not tell and some compose file depends on it.
std::vector<Evidence> detected(Context& context, const Tree& tree, const SelectionRules& rules,
                               const SelectionRequest& request) {
  const Machine machine{.root = "/",
                        .path = context.environment("PATH").value_or(""),
                        .home = context.environment("HOME").value_or("")};
  std::optional<ComposeVersion> known;
  return detect(
      machine,
      [&](const std::string& binary) {
        if (const auto version = known_compose(binary)) return *version;
        return speaks_of(select(tree, rules, request), "mdc") ? asked_release(context) : "";
      },
      known);
}

/// Warns about cross files with tokens that no other file has. Of these, files that also wait for a
/// token that exists are only mentioned when reasons are asked for.
void warn_of_cross_files(Context& context, const Selection& selection, const json& input) {
  const bool explains = input.value("explain", false);
  std::unordered_set<std::string_view> known;
  for (const FileReason& reason : selection.reasons)
    if (!reason.cross) known.insert(reason.tokens.begin(), reason.tokens.end());
  const auto waits_for_known = [&](const FileReason& reason) {
    return std::any_of(reason.missing.begin(), reason.missing.end(),
                       [&](const std::string& token) { return known.contains(token); });
  };
  const auto concerns = [&](const FileReason& reason) {
    return explains || !(reason.missing.empty() || waits_for_known(reason));
  };
  const bool has_any =
      std::any_of(selection.reasons.begin(), selection.reasons.end(),
                  [&](const FileReason& reason) { return reason.cross && concerns(reason); });
  if (!has_any) return;
  Selection concerned;
  for (const FileReason& reason : selection.reasons)
    if (!reason.cross || concerns(reason)) concerned.reasons.push_back(reason);
  warn(context, check_cross_files(concerned, rules_of(input).capabilities));
}

json evidence_json(const std::vector<Evidence>& evidence) {
  json out = json::array();
  for (const Evidence& found : evidence)
    out.push_back({{"capability", found.capability},
                   {"present", found.is_present},
                   {"evidence", found.text}});
  return out;
}

json run_select(Context& context, const json& input) {
  const std::string workspace(context.workspace());
  const Tree tree = tree_at(workspace);
  const SelectionRules rules = rules_of(input);
  SelectionRequest request = request_of(context, input);
  std::vector<Evidence> evidence;
  if (input.value("autoCapabilities", true) && input.value("detect", true))
    evidence = detected(context, tree, rules, request);
  for (const Evidence& found : evidence)
    if (found.is_present) request.capabilities.push_back(found.capability);
  Selection selection = select(tree, rules, request);
  add_native_files(tree, selection, request);
  warn(context, selection.warnings);
  if (selection.files.empty())
    throw Error(HARBOR_E_INPUT, "compose.nothing_selected", "no compose file was chosen",
                "name services on the command line, or in a profile of the descriptor");
  json output = {{"files", selection.files},
                 {"services", selection.services},
                 {"options", selection.options},
                 {"capabilities", selection.capabilities},
                 {"native", request.exclude},
                 {"detected", evidence_json(evidence)},
                 {"project", project_name(input.value("project", ""), workspace)}};
  if (input.value("explain", false)) output["explanation"] = explanation_of(selection, evidence);
  warn_of_cross_files(context, selection, input);
  return output;
}

json check_select(Context& context, const json& input) {
  return context.is_check() ? run_select(context, input) : json();
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "additionalProperties": false,
  "x-harbor-section": "source.rules",
  "properties": {
    "autoCapabilities": {"type": "boolean", "default": true,
      "description": "Whether to detect what this machine can do: nvidia, cdi, rocm, mdc"},
    "base": {"type": "array", "items": {"type": "string"}, "default": ["compose.yml"],
      "description": "Compose files that are always chosen"},
    "include": {"type": "array", "items": {"type": "string"}, "x-harbor-literal": true,
      "default": ["compose.${service}.yml", "compose.*.${option}.yml",
                  "compose.x.${service}.${option}.yml"],
      "description": "Names of compose files to choose; ${service}, ${option} and * stand for one word"},
    "folders": {"type": "array", "items": {"type": "string"}, "default": [".", "stacks/*"],
      "description": "Folders to look for compose files in; * stands for any folder"},
    "services": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "request.services", "description": "Services to run; * means all"},
    "options": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "request.options",
      "description": "Words that choose overlays; * means every overlay of the chosen services"},
    "capabilities": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "request.capabilities", "x-harbor-value": "A,B",
      "description": "Capabilities to assume, besides those that are detected"},
    "detect": {"type": "boolean", "default": true, "x-harbor-from": "request.detect",
      "description": "Do not detect what this machine can do"},
    "allowUnknown": {"type": "boolean", "default": false, "x-harbor-from": "request.allowUnknown",
      "description": "Only warn about unknown services and options"},
    "native": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "descriptor.native",
      "description": "Services that run outside containers"},
    "exclude": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "request.exclude", "x-harbor-letter": "x", "x-harbor-value": "NAME",
      "x-harbor-greedy": true,
      "description": "Run this service outside containers; takes every word up to a --"},
    "explain": {"type": "boolean", "default": false, "x-harbor-from": "request.explain",
      "description": "Say why each compose file is chosen or not"},
    "project": {"type": "string", "x-harbor-from": "descriptor.name",
      "description": "Name of the Compose project; if empty, that of the project folder"}
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
    "native": {"type": "array", "items": {"type": "string"}, "x-harbor-as": "native.names",
      "description": "The services that run outside containers"},
    "explanation": {"type": "string", "x-harbor-result": true,
      "description": "Why each compose file is chosen or not"},
    "project": {"type": "string", "x-harbor-as": "compose.project", "x-harbor-record": true,
      "description": "Name of the Compose project"},
    "detected": {"type": "array", "items": {"type": "object"},
      "description": "What was looked for on this machine, and the evidence"}
  }
})";

}  // namespace

constinit const harbor_action select_action =
    action<run_select>({.name = "compose.select",
                        .doc = "Chooses compose files by name.",
                        .input = input_schema,
                        .output = output_schema,
                        .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_READ_HOST | HARBOR_FX_EXEC,
                        .flags = HARBOR_AF_IDEMPOTENT,
                        .validate = operation<check_select>});

}  // namespace harbor::compose
