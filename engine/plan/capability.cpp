#include "plan/capability.hpp"

#include <algorithm>
#include <string>

#include "report/code_workflow.hpp"

namespace harbor::plan {
namespace {

/// `use:` gives the action's name to another pack.
bool is_ruled_out(const plugin::Provider& provider, const std::vector<workflow::Choice>& choices) {
  return std::any_of(choices.begin(), choices.end(), [&](const workflow::Choice& choice) {
    return choice.action == provider.action->name && choice.pack != provider.pack->id;
  });
}

std::string hint_of(const std::vector<plugin::Provider>& ruled_out,
                    const plugin::Registry& registry) {
  std::string hint;
  for (const auto& provider : ruled_out)
    hint += (hint.empty() ? "" : " or ") + ("`use: { " + provider.action->name + ": ") +
            provider.pack->id + " }`";
  if (!hint.empty()) return "a pack that is not chosen provides it: " + hint;
  hint = "no pack that is installed provides it";
  // What a refused pack would provide is unknown: none of its code ran.
  if (!registry.refusals().empty())
    hint += "; " + std::to_string(registry.refusals().size()) +
            " plugin(s) were refused, see `harbor plugin list`";
  return hint;
}

}  // namespace

report::Diagnostics missing_capabilities(const plugin::ActionInfo& action,
                                         const plugin::Registry& registry,
                                         const std::vector<workflow::Choice>& choices) {
  report::Diagnostics out;
  for (const auto& capability : action.requires_caps) {
    bool is_provided = false;
    std::vector<plugin::Provider> ruled_out;
    for (const auto& [name, provider] : registry.actions()) {
      const auto& provided = provider.action->provides_caps;
      if (std::find(provided.begin(), provided.end(), capability) == provided.end()) continue;
      if (is_ruled_out(provider, choices))
        ruled_out.push_back(provider);
      else
        is_provided = true;
    }
    if (!is_provided)
      out.push_back(report::diagnose(
          report::code::missing_capability,
          action.name + " needs the capability '" + capability + "', and nothing provides it", {},
          hint_of(ruled_out, registry)));
  }
  return out;
}

}  // namespace harbor::plan
