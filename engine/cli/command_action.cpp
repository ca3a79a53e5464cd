// actions.
#include <ostream>

#include "cli/command.hpp"
#include "cli/documentation.hpp"
#include "cli/result.hpp"
#include "report/code_command.hpp"
#include "report/suggestion.hpp"

namespace harbor::cli {
using nlohmann::json;

namespace {

json action_json(const plugin::Provider& provider) {
  const auto& action = *provider.action;
  return {{"name", action.name},
          {"doc", action.doc},
          {"pack", provider.pack->id},
          {"section", action.section},
          {"effects", action.effects},
          {"command", action.face ? json(action.face->command) : json()},
          {"input",
           json::parse(action.input_schema.empty() ? "{}" : action.input_schema, nullptr, false)},
          {"output", json::parse(action.output_schema.empty() ? "{}" : action.output_schema,
                                 nullptr, false)}};
}

}  // namespace

int actions(Invocation& call) {
  const auto& registry = packs_of(call);
  if (!call.arguments.words.empty()) {
    const auto& name = call.arguments.words.front();
    const auto providers = registry.providers(name);
    if (providers.empty()) {
      std::vector<std::string> names;
      for (const auto& [known, unused] : registry.actions()) names.push_back(known);
      throw report::Error(report::diagnose(report::code::unknown_subject,
                                           "there is no action '" + name + "'", {},
                                           report::did_you_mean(name, names)));
    }
    for (const auto& provider : providers) {
      if (call.arguments.has("json"))
        print_json(*call.context.out, action_json(provider));
      else
        print_action(*call.context.out, *provider.pack, *provider.action);
    }
    return 0;
  }
  if (call.arguments.has("json")) {
    json all = json::array();
    for (const auto& [name, provider] : registry.actions()) all.push_back(action_json(provider));
    print_json(*call.context.out, all);
    return 0;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, provider] : registry.actions())
    rows.push_back({name, provider.action->doc});
  if (rows.empty())
    *call.context.out
        << "No action is installed; `harbor plugin list` says where packs are looked for.\n";
  print_table(*call.context.out, {}, rows);
  return 0;
}

}  // namespace harbor::cli
