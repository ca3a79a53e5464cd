#include "wanted.hpp"

namespace harbor::docker {
namespace {

Wanted wanted_of(const json& one) {
  Wanted out;
  out.service = one.at("service");
  out.parts = one.at("parts").get<Digests>();
  out.content = one.value("content", Digests());
  out.on_change = one.value("onChange", "");
  out.image = one.value("image", "");
  out.replicas = one.value("replicas", 1U);
  out.lives_in = one.value("livesIn", std::vector<std::string>());
  out.restarts_with = one.value("restartsWith", std::vector<std::string>());
  for (const json& port : one.value("ports", json::array()))
    out.ports.push_back({port.value("ip", ""), port.value("port", ""), port.value("protocol", "")});
  return out;
}

/// Escaped for Compose, which would take `$` for the beginning of a variable.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) out.append(c == '$' ? 2 : 1, c);
  return out;
}

}  // namespace

std::optional<std::vector<Wanted>> wanted_services(Context& context, const Stack& stack,
                                                   const json& input) {
  json question = {{"files", input.at("files")}, {"env", stack.env}};
  // When starting, Compose reports these itself.
  if (context.only_looks()) question["unset"] = true;
  for (const char* key : {"file", "native", "configs", "configFolders"})
    if (input.contains(key)) question[key] = input[key];
  try {
    std::vector<Wanted> out;
    const json answer = context.invoke("compose.digest", question);
    for (const json& one : answer.at("services")) out.push_back(wanted_of(one));
    return out;
  } catch (const HostFailure& failure) {
    if (failure.status != HARBOR_E_UNSUPPORTED) throw;
    return std::nullopt;
  }
}

std::string label_file(const std::vector<Wanted>& services) {
  json out = {{"services", json::object()}};
  for (const Wanted& one : services)
    out["services"][one.service]["labels"][digest_label] = escaped(json(one.parts).dump());
  return out.dump(1) + "\n";  // JSON is YAML
}

}  // namespace harbor::docker
