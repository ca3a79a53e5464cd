#include "deployment_status.hpp"

#include <fstream>
#include <optional>
#include <set>
#include <string>

#include "container.hpp"

namespace harbor::docker {
namespace {

/// The services of the last start; nothing where it left no word of them.
std::optional<std::set<std::string>> started_services(const Context& context) {
  std::ifstream in(std::string(context.run_dir()) + "/" + label_file_name);
  const json labels = json::parse(in, nullptr, false);
  if (!labels.is_object() || !labels.value("services", json()).is_object()) return std::nullopt;
  std::set<std::string> names;
  for (const auto& [name, service] : labels["services"].items()) names.insert(name);
  return names;
}

}  // namespace

json deployment_status(Context& context, const json& input) {
  const auto containers = containers_of(context, input.at("project").get<std::string>());
  const auto started = started_services(context);
  json items = json::array();
  std::size_t well = 0, live = 0, total = 0, orphans = 0;
  for (const Container& container : containers) {
    if (container.is_one_off) continue;
    const bool is_orphan = started && !started->contains(container.service);
    items.push_back({{"name", container.service},
                     {"state", describe(container) + (is_orphan ? ", no longer chosen" : "")},
                     {"detail", joined(container.ports)}});
    if (is_orphan) {
      ++orphans;
      continue;
    }
    const bool is_done = container.state == "exited" && container.exit_code == 0;
    ++total;
    well += container.is_well() || is_done;
    live += container.state == "running" || container.state == "restarting";
  }
  const char* state = total == 0      ? "absent"
                      : live == 0     ? "stopped"
                      : well == total ? "running"
                                      : "degraded";
  std::string summary = total == 0
                            ? "nothing is deployed"
                            : std::to_string(well) + " of " + std::to_string(total) + " running";
  if (orphans > 0) summary += ", " + std::to_string(orphans) + " left over";
  return {{"state", state}, {"summary", summary}, {"items", items}};
}

}  // namespace harbor::docker
