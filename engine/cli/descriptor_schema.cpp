#include "cli/descriptor_schema.hpp"

#include <set>

#include "plan/plan.hpp"
#include "workflow/workflow.hpp"

namespace harbor::cli {
using nlohmann::json;

namespace {

json parsed(const std::string& text) {
  auto schema = json::parse(text.empty() ? "{}" : text, nullptr, false);
  return schema.is_object() ? schema : json::object();
}

json described(json schema, const char* text) {
  schema["description"] = text;
  return schema;
}

/// Whether a step of the action may have no other parameters: as the planner sees it.
bool is_closed(const json& input) {
  const auto rest = input.find("additionalProperties");
  return rest == input.end() ? input.contains("properties") : *rest == json(false);
}

/// Where a value may be written as `${...}`, text is allowed beside its own type.
json or_expression(json schema) {
  const auto type = schema.find("type");
  if (type == schema.end() || (type->is_string() && *type == "string" && !schema.contains("enum") &&
                               !schema.contains("pattern")))
    return schema;
  json out = {{"anyOf", json::array({schema, {{"type", "string"}, {"pattern", "\\$"}}})}};
  for (const char* keyword : {"description", "default"})
    if (schema.contains(keyword)) out[keyword] = schema[keyword];
  return out;
}

json parameters(const json& input) {
  json properties = json::object();
  for (const json all = input.value("properties", json::object());
       const auto& [name, property] : all.items())
    properties[name] = or_expression(property);
  return properties;
}

json step_keys() {
  const json duration = {{"type", "string"}, {"pattern", "^([0-9.]+(ms|s|m|h))+$"}};
  return {
      {"action", described({{"type", "string"}}, "the action to run; `harbor actions` lists them")},
      {"id", described({{"type", "string"}, {"pattern", "^[A-Za-z0-9_]{1,64}$"}},
                       "a name for `needs` and `${steps.ID.OUTPUT}`")},
      {"name", described({{"type", "string"}}, "a name for people")},
      {"when", described({{"type", {"string", "boolean", "number"}}},
                         "runs only when this expression holds")},
      {"with",
       described({{"type", "object"}}, "the action's parameters, instead of beside `action`")},
      {"needs", described({{"type", "array"}, {"items", {{"type", "string"}}}},
                          "ids of steps to wait for, instead of all above")},
      {"timeout", described(duration, "how long an attempt may take: 30s, 5m")},
      {"retry", described({{"type", "object"},
                           {"additionalProperties", false},
                           {"properties",
                            {{"attempts", {{"type", "integer"}, {"minimum", 1}, {"maximum", 100}}},
                             {"backoff", duration}}}},
                          "how often to try again, and how long to wait before the second attempt; "
                          "the wait doubles")},
      {"continueOnError",
       described({{"type", "boolean"}}, "the run goes on, and may succeed, when this step fails")},
      {"forEach",
       described({{"type", {"array", "string"}}}, "runs once for each item, as `${item}`")}};
}

/// What the keys of a step look like the step itself says; here they are only allowed.
json step_of(const plugin::ActionInfo& action, const json& keys) {
  auto input = parsed(action.input_schema);
  const auto own = parameters(input);
  json properties = own;
  for (const auto& [name, key] : keys.items()) properties[name] = true;
  properties["action"] = {{"description", action.doc}};
  json with = {{"type", "object"}, {"properties", own}};
  const bool closed = is_closed(input);
  if (closed) with["additionalProperties"] = false;
  properties["with"] = with;
  json out = {{"properties", std::move(properties)}};
  if (closed) out["additionalProperties"] = false;
  return out;
}

/// One branch for each action, chosen by the value of `action`, so that an editor's message is
/// about that action.
json step_schema(const plugin::Registry& registry) {
  json keys = step_keys(), names = json::array(), branches = json::array();
  std::set<std::string> seen;
  for (const auto& [name, provider] : registry.actions()) {
    if (!seen.insert(name).second) continue;
    names.push_back(name);
    branches.push_back(
        {{"if", {{"properties", {{"action", {{"const", name}}}}}, {"required", {"action"}}}},
         {"then", step_of(*provider.action, keys)}});
  }
  keys["action"]["enum"] = std::move(names);
  return {{"type", "object"},
          {"required", {"action"}},
          {"properties", std::move(keys)},
          {"allOf", branches}};
}

json section_schema(const plugin::ActionInfo& action, const std::string& key) {
  const auto input = parsed(action.input_schema);
  const auto own = parameters(input);
  json mapping = {{"type", "object"}, {"properties", own}, {"description", action.doc}};
  if (is_closed(input)) mapping["additionalProperties"] = false;
  if (!own.contains(key)) return mapping;
  // A section that is no mapping is the parameter of its own name.
  return {{"anyOf", json::array({mapping, own[key]})}, {"description", action.doc}};
}

/// Keys that actions read from the descriptor where `prefix` leads: its top level, or a stage.
void add_bound_keys(const plugin::Registry& registry, const std::string& prefix, json& properties) {
  for (const auto& [name, provider] : registry.actions()) {
    const auto input = parsed(provider.action->input_schema);
    for (const auto& binding : provider.action->consumes) {
      if (!binding.artifact.starts_with(prefix)) continue;
      const auto path = binding.artifact.substr(prefix.size());
      const auto key = path.substr(0, path.find('.'));
      if (properties.contains(key)) continue;
      auto property = input["properties"].value(binding.property, json::object());
      properties[key] = path == key ? or_expression(property) : json::object();
    }
  }
}

/// What a stage is for.
const char* purpose_of(std::string_view stage) {
  if (stage == "source") return "what is to run; later stages pull it in, it changes nothing";
  if (stage == "prepare") return "what the services are given: environment, rendered files";
  if (stage == "deploy") return "starts the services";
  if (stage == "post_deploy") return "what follows when everything runs";
  return "takes down what the last deploy left running";
}

json stage_schema(const plugin::Registry& registry, const std::string& stage) {
  const json steps = {{"type", {"array", "null"}}, {"items", {{"$ref", "#/definitions/step"}}}};
  json properties = {
      {"steps", described(steps, "steps; sections and steps run in the written order")}};
  for (const auto& [name, provider] : registry.actions()) {
    const auto& section = provider.action->section;
    if (section.starts_with(stage + "."))
      properties[section.substr(stage.size() + 1)] =
          section_schema(*provider.action, section.substr(stage.size() + 1));
  }
  add_bound_keys(registry, "descriptor." + stage + ".", properties);
  return {{"type", {"object", "null"}},
          {"description", purpose_of(stage)},
          {"additionalProperties", false},
          {"patternProperties", {{"^x-", true}}},
          {"properties", std::move(properties)}};
}

/// What a profile says of its own.
json profile_keys() {
  const json names = {{"type", {"array", "null"}}, {"items", {{"type", "string"}}}};
  return {{"services", names}, {"options", names}, {"description", {{"type", "string"}}}};
}

/// What a profile may say: what the descriptor may, and what it chooses.
json profile_schema(const json& root) {
  json properties = profile_keys();
  for (const auto& [name, property] : root.items())
    if (name != "version" && name != "profiles" && !properties.contains(name))
      properties[name] = {{"$ref", "#/properties/" + name}};
  return {{"type", {"object", "null"}},
          {"additionalProperties", false},
          {"patternProperties", {{"^x-", true}}},
          {"properties", std::move(properties)}};
}

}  // namespace

json descriptor_schema(const plugin::Registry& registry) {
  json properties = {
      {"version", {{"enum", {1, "1"}}, {"description", "the version of this language"}}},
      {"name", {{"type", "string"}, {"description", "the project's name"}}},
      {"description", described({{"type", "string"}}, "what the project is, for people")},
      {"profiles",
       described({{"type", {"object", "null"}},
                  {"additionalProperties",
                   {{"allOf", json::array({{{"$ref", "#/definitions/profile"}}})},
                    {"properties", profile_keys()}}}},
                 "services, options and other keys of the descriptor under a name, chosen with "
                 "--profile")},
      {"plugins", described({{"type", {"array", "null"}},
                             {"items",
                              {{"type", "object"},
                               {"required", {"path"}},
                               {"additionalProperties", false},
                               {"properties", {{"path", {{"type", "string"}}}}}}}},
                            "extra packs; stock ones need no mention")},
      {"use",
       described({{"type", {"object", "null"}}, {"additionalProperties", {{"type", "string"}}}},
                 "which pack provides an action when several do")},
      {"hooks",
       described({{"type", {"object", "null"}},
                  {"propertyNames", {{"enum", plan::hook_points(registry)}}},
                  {"additionalProperties",
                   {{"type", {"array", "null"}}, {"items", {{"$ref", "#/definitions/step"}}}}}},
                 "steps before and after a stage, pre_STAGE and post_STAGE, and at points that "
                 "actions raise")}};
  for (const auto stage : workflow::stage_names)
    properties[std::string(stage)] = stage_schema(registry, std::string(stage));
  add_bound_keys(registry, "descriptor.", properties);
  json profile = profile_schema(properties);
  return {{"$schema", "http://json-schema.org/draft-07/schema#"},
          {"title", "Harbor descriptor"},
          {"type", "object"},
          {"required", {"version"}},
          {"additionalProperties", false},
          {"patternProperties", {{"^x-", true}}},
          {"properties", std::move(properties)},
          {"definitions", {{"profile", std::move(profile)}, {"step", step_schema(registry)}}}};
}

}  // namespace harbor::cli
