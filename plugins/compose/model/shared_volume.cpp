#include "shared_volume.hpp"

#include "edit.hpp"
#include "scalar.hpp"

namespace harbor::compose {

std::vector<Warning> apply_shared_volumes(Project& project, const Lookup& lookup) {
  std::vector<Warning> out;
  for (const HarborKey& key : project.harbor) {
    if (key.key != "x-harbor-shared-volumes" || key.section != "services") continue;
    Node* service = editable_service(project, key.name);
    if (service == nullptr || key.value->kind != Kind::sequence) continue;
    Node* volumes = editable_list(project, service, "volumes");
    for (std::uint32_t i = 0; i < key.value->size; ++i) {
      Node* item = key.value->items[i];
      std::string missing;
      each_scalar(*item, [&](const Node& scalar) {
        for (const VariableUse& use : variables_in(scalar.text)) {
          const auto value = lookup(use.name);
          if (!value || value->empty()) missing = use.name;
        }
      });
      // Left as written, including variables: Compose fills them in.
      if (missing.empty()) {
        project.store->append(volumes, item);
        continue;
      }
      out.push_back(
          {"compose.shared_volume_skipped",
           "a shared volume of '" + key.name + "' is left out: " + missing + " has no value",
           "set " + missing + " to mount it",
           {project.store->label(item->place, missing)},
           false});
    }
    // An empty list would be a change in the merged file that is in no source.
    if (volumes->size == 0) erase(service, "volumes");
  }
  return out;
}

}  // namespace harbor::compose
