#include "environment.hpp"

#include <memory>

namespace harbor::compose {
namespace {

std::optional<std::string> value_in(const json& env, const std::string& name) {
  const auto found = env.find(name);
  if (found == env.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

json early_env(Context& context, const json& input) {
  json section = input.value("variables", json());
  if (!section.is_object()) return json::object();
  section.erase("file");  // the prepare stage writes it
  for (const char* key : {"services", "site"})
    if (input.contains(key)) section[key] = input[key];
  try {
    const json output = context.invoke("env.merge", section);
    return output.is_object() ? output.value("env", json::object()) : json::object();
  } catch (const HostFailure& failure) {
    if (failure.status != HARBOR_E_UNSUPPORTED) throw;
    return json::object();  // no pack provides an environment
  }
}

}  // namespace

Lookup lookup_in(const json& env) {
  return [&env](const std::string& name) {
    return env.is_object() ? value_in(env, name) : std::nullopt;
  };
}

Lookup presence_in(const json& env) {
  return [&env](const std::string& name) -> std::optional<std::string> {
    const auto found = env.find(name);
    if (found == env.end()) return std::nullopt;
    return found->is_string() ? found->get<std::string>() : "(secret)";
  };
}

Lookup early_lookup(Context& context, const json& input) {
  const auto env = std::make_shared<std::optional<json>>();
  return [&context, &input, env](const std::string& name) {
    if (!*env) *env = early_env(context, input);
    return value_in(**env, name);
  };
}

}  // namespace harbor::compose
