#include "plan/catalog.hpp"

#include <algorithm>
#include <set>

#include "report/code_plugin.hpp"
#include "report/code_workflow.hpp"
#include "report/suggestion.hpp"

namespace harbor::plan {
using nlohmann::json;

namespace {

json schema_or_any(const std::string& text) {
  auto value = json::parse(text.empty() ? "{}" : text, nullptr, false);
  return value.is_object() ? value : json::object();
}

/// A parameter that is not among the schema's properties is a mistake unless the schema says
/// otherwise.
json input_schema(const std::string& text) {
  auto schema = schema_or_any(text);
  if (schema.empty()) schema["properties"] = json::object();  // no schema: no parameters
  if (schema.contains("properties") && !schema.contains("additionalProperties"))
    schema["additionalProperties"] = false;
  return schema;
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

}  // namespace

Catalog::Lookup Catalog::find(std::string_view name) {
  const std::lock_guard guard(mutex_);
  if (const auto known = resolved_.find(name); known != resolved_.end())
    return {known->second.get(), {}};
  auto providers = registry_.providers(name);
  const auto choice = std::find_if(choices_.begin(), choices_.end(),
                                   [&](const workflow::Choice& c) { return c.action == name; });
  if (choice != choices_.end()) {
    std::vector<std::string> ids;
    for (const auto& provider : providers) ids.push_back(provider.pack->id);
    std::erase_if(providers, [&](const plugin::Provider& provider) {
      return provider.pack->id != choice->pack;
    });
    if (providers.empty())
      return {nullptr,
              report::diagnose(report::code::unknown_choice,
                               "no pack '" + choice->pack + "' provides " + std::string(name), {},
                               ids.empty() ? "" : "it is provided by " + listed(ids))};
  }
  if (providers.empty()) {
    std::vector<std::string> names;
    for (const auto& [known, unused] : registry_.actions())
      if (names.empty() || names.back() != known) names.push_back(known);
    auto hint = report::did_you_mean(name, names);
    if (hint.empty()) hint = "`harbor actions` lists all actions";
    if (!registry_.refusals().empty())
      hint += "; " + std::to_string(registry_.refusals().size()) +
              " plugin(s) were refused, see `harbor plugin list`";
    return {nullptr, report::diagnose(report::code::unknown_action,
                                      "unknown action '" + std::string(name) + "'", {}, hint)};
  }
  if (providers.size() > 1) {
    std::vector<std::string> choices;
    auto problem = report::diagnose(report::code::several_providers,
                                    "several packs provide " + std::string(name));
    for (const auto& provider : providers)
      problem.causes.push_back(provider.pack->id + " in " + provider.pack->file.string());
    problem.hint = "choose one in the descriptor: `use: { " + std::string(name) + ": " +
                   providers.front().pack->id + " }`";
    return {nullptr, std::move(problem)};
  }
  auto action = std::make_unique<ResolvedAction>();
  action->pack = providers.front().pack;
  action->info = providers.front().action;
  try {
    action->input = std::make_unique<Schema>(input_schema(action->info->input_schema));
    action->output = std::make_unique<Schema>(schema_or_any(action->info->output_schema));
  } catch (const std::exception& problem) {
    return {nullptr, report::diagnose(report::code::plugin_invalid_description,
                                      "the schemas of " + std::string(name) +
                                          " cannot be used: " + problem.what(),
                                      {}, "this is a bug in the pack " + action->pack->id)};
  }
  return {resolved_.emplace(std::string(name), std::move(action)).first->second.get(), {}};
}

Catalog::Section Catalog::section(std::string_view name) const {
  std::set<std::string> serving;
  std::vector<std::string> sections;
  const auto stage = name.substr(0, name.find('.') + 1);
  for (const auto& [action, provider] : registry_.actions()) {
    const auto& section = provider.action->section;
    if (section == name) serving.insert(action);
    if (section.starts_with(stage)) sections.push_back(section.substr(stage.size()));
  }
  if (serving.size() == 1) return {*serving.begin(), {}};
  const auto key = name.substr(stage.size());
  if (serving.empty()) {
    sections.emplace_back("steps");
    auto hint = report::did_you_mean(key, sections);
    if (hint.empty()) hint = "known here: " + listed(sections);
    return {"", report::diagnose(report::code::unknown_section,
                                 "unknown section '" + std::string(key) + "' in stage '" +
                                     std::string(stage.substr(0, stage.size() - 1)) + "'",
                                 {}, hint)};
  }
  return {"", report::diagnose(report::code::section_claimed_twice,
                               "several actions claim the section '" + std::string(name) +
                                   "': " + listed({serving.begin(), serving.end()}),
                               {}, "write the step under `steps:` with the action that is meant")};
}

bool Catalog::is_bound_section(std::string_view name) const {
  const std::string artifact = "descriptor." + std::string(name);
  bool is_bound = false;
  for (const auto& [action, provider] : registry_.actions()) {
    if (provider.action->section == name) return false;
    for (const auto& binding : provider.action->consumes)
      is_bound |= binding.artifact == artifact || binding.artifact.starts_with(artifact + ".");
  }
  return is_bound;
}

std::vector<std::string> Catalog::publishers(std::string_view artifact) const {
  std::vector<std::string> names;
  for (const auto& [name, provider] : registry_.actions())
    for (const auto& binding : provider.action->publishes)
      if (binding.artifact == artifact && (names.empty() || names.back() != name))
        names.push_back(name);
  return names;
}

std::vector<std::string> Catalog::bound_keys() const {
  constexpr std::string_view prefix = "descriptor.";
  std::vector<std::string> keys;
  for (const auto& [name, provider] : registry_.actions())
    for (const auto& binding : provider.action->consumes)
      if (binding.artifact.starts_with(prefix)) {
        const auto path = binding.artifact.substr(prefix.size());
        keys.push_back(path.substr(0, path.find('.')));
      }
  return keys;
}

bool Catalog::is_bound_key(std::string_view key) const {
  const auto keys = bound_keys();
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace harbor::plan
