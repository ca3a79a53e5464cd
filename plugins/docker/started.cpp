#include "started.hpp"

#include <chrono>
#include <set>
#include <string>

#include "answer.hpp"
#include "failure.hpp"
#include "preflight.hpp"

namespace harbor::docker {
namespace {

using namespace std::chrono_literals;

/// The services that Compose is to start at least one container of.
std::set<std::string> services_to_start(Context& context, const Stack& stack,
                                        const std::optional<std::vector<Wanted>>& known) {
  std::set<std::string> wanted;
  if (known) {
    for (const Wanted& one : *known)
      if (one.replicas > 0) wanted.insert(one.service);
    return wanted;
  }
  const Process process =
      ask_engine(context, compose(stack, {"config", "--no-interpolate", "--format", "json"}), 30s);
  const json model = json::parse(process.out, nullptr, false);
  if (!model.is_object()) throw garbled("docker compose config", process.out);
  for (const auto& [name, service] : object_at(model, "services").items()) {
    const json& deploy = object_at(service, "deploy");
    const bool is_none = (service.contains("scale") && number_at(service, "scale") == 0) ||
                         (deploy.contains("replicas") && number_at(deploy, "replicas") == 0);
    if (!is_none) wanted.insert(name);
  }
  return wanted;
}

}  // namespace

void require_started(Context& context, const Stack& stack, const json& input,
                     const std::vector<Container>& after,
                     const std::optional<std::vector<Wanted>>& known) {
  std::set<std::string> missing;
  for (const json& service : input.value("services", json::array())) missing.insert(service);
  for (const Container& container : after) missing.erase(container.service);
  if (missing.empty() && !after.empty()) return;
  const auto wanted = services_to_start(context, stack, known);
  if (missing.empty()) missing = wanted;
  for (const std::string& service : missing)
    if (wanted.contains(service))
      throw Error(HARBOR_E_FAILED, "compose.not_started",
                  "Compose says that all is started, and '" + service + "' has no container",
                  "`docker` may be a wrapper; `--verbose` shows all that it printed");
}

}  // namespace harbor::docker
