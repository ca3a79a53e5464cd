// env.secrets: where the stage `prepare` takes secrets from, as far as this pack reads them. Other
// packs use it by invoke(), so that only this one has to know what the section `prepare.env` means.
#include <harbor/action.hpp>

#include <set>
#include <string>

#include "action.hpp"

namespace harbor::env {
namespace {

constexpr const char* usual_file = "override.secrets.env";

/// Every service and every site: `*` matches each of them.
std::string pattern_of(const json& source) {
  std::string pattern = source.value("file", usual_file);
  for (const std::string_view variable : {"${service}", "${site}"})
    for (auto at = pattern.find(variable); at != std::string::npos; at = pattern.find(variable))
      pattern.replace(at, variable.size(), "*");
  return pattern;
}

void add_variables(const Context& context, const json& entry, std::set<std::string>& variables) {
  if (!entry.is_object() || !entry.value("secret", false)) return;
  const std::string name = entry.value("name", "");
  if (name.ends_with('*'))
    variables.merge([&] {
      const auto names = context.environment_names(name.substr(0, name.size() - 1));
      return std::set<std::string>(names.begin(), names.end());
    }());
  else
    variables.insert(name);
}

json run_secrets(Context& context, const json& input) {
  // The stage is read as written. Values of a wrong type are ignored without a failure: running the
  // stage reports them.
  std::set<std::string> files, variables;
  const json prepare = input.value("prepare", json::object());
  const json env = prepare.value("env", json::object());
  if (env.is_object()) {
    for (const json& source : env.value("sources", json::array()))
      if (source.is_object() && source.value("type", "") == "secrets")
        files.insert(pattern_of(source));
    for (const json& entry : env.value("fromHost", json::array()))
      add_variables(context, entry, variables);
  }
  for (const json& step : prepare.value("steps", json::array()))
    if (step.is_object() && step.value("action", "") == "secrets.dotenv")
      files.insert(pattern_of(step.contains("with") ? step["with"] : step));
  return {{"files", files}, {"variables", variables}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "prepare": {"type": "object", "x-harbor-from": "descriptor.prepare", "x-harbor-literal": true,
      "description": "The stage"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "files": {"type": "array", "items": {"type": "string"},
      "description": "Env files with secrets; may have wildcards, and may be missing"},
    "variables": {"type": "array", "items": {"type": "string"},
      "description": "Variables of Harbor's own environment that are secret"}
  }
})";

}  // namespace

constinit const harbor_action sources_action = action<run_secrets>(
    {.name = "env.secrets",
     .doc = "Says which env files and variables the prepare stage takes secrets from.",
     .input = input_schema,
     .output = output_schema,
     .effects = HARBOR_FX_READ_HOST,
     .flags = HARBOR_AF_IDEMPOTENT});

}  // namespace harbor::env
