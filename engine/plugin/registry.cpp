#include "plugin/registry.hpp"

#include "report/code_plugin.hpp"

namespace harbor::plugin {

std::string_view to_string(Place place) noexcept {
  switch (place) {
    case Place::stock:
      return "stock";
    case Place::system:
      return "system";
    case Place::user:
      return "user";
    case Place::listed:
      return "listed";
    case Place::project:
      return "project";
  }
  return "unknown";
}

Registry::Registry(std::vector<Pack> packs, std::vector<Refusal> refusals)
    : packs_(std::move(packs)), refusals_(std::move(refusals)) {
  for (const Pack& pack : packs_)
    for (const ActionInfo& action : pack.actions)
      actions_.emplace(action.name, Provider{&pack, &action});
}

std::vector<Provider> Registry::providers(std::string_view action) const {
  std::vector<Provider> found;
  // Equal keys keep their order of insertion, which is that of the search.
  const auto [begin, end] = actions_.equal_range(action);
  for (auto row = begin; row != end; ++row) found.push_back(row->second);
  return found;
}

report::Diagnostic several_providers(std::string_view action,
                                     const std::vector<Provider>& providers) {
  std::string list;
  for (const Provider& provider : providers)
    list += (list.empty() ? "" : ", ") + provider.pack->id + " ('" + provider.pack->file.string() +
            "')";
  const std::string name(action);
  return report::diagnose(
      report::code::several_providers,
      "action '" + name + "' is provided by " + std::to_string(providers.size()) +
          " plugins, one expected: " + list,
      {},
      "choose one in the descriptor, as use: { " + name + ": " + providers.front().pack->id + " }");
}

}  // namespace harbor::plugin
