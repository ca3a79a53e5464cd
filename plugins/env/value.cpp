#include "value.hpp"

#include <harbor/pointer.hpp>
#include <set>

namespace harbor::env {
namespace {

json place_json(const Origin& origin) {
  json out = {{"layer", name_of(origin.layer)}};
  if (!origin.file.empty()) out["file"] = origin.file;
  if (origin.line != 0) out["line"] = origin.line;
  return out;
}

json origin_json(const Origin& origin) {
  json out = place_json(origin);
  if (origin.column != 0) out["column"] = origin.column;
  out["overridden"] = origin.is_overridden;
  out["value"] = origin.is_secret ? "******" : origin.value;
  return out;
}

}  // namespace

// One reference per name and value: every service has the shared secrets too, and a vault with a
// copy for each would make the masker look for the same bytes once per service.
json Writer::value(const std::string& name, const std::string& text, bool is_secret) {
  if (!is_secret || text.empty()) return text;
  json& reference = references_[{name, text}];
  if (reference.is_null()) reference = context_.put_secret(name, text);
  return reference;
}

json Writer::values(const Environment& environment) {
  json out = json::object();
  for (const auto& [name, chain] : environment)
    out[name] = value(name, chain.back().value, chain.back().is_secret);
  return out;
}

std::string reveal(Context& context, const json& value) {
  if (!is_secret(value)) return value.get<std::string>();
  std::string text;
  context.with_secret(value, [&](std::string_view secret) { text = secret; });
  return text;
}

json layers_json(const Environment& environment) {
  json out = json::object();
  for (const auto& [name, chain] : environment) out[name] = place_json(chain.back());
  return out;
}

void add_origins(json& out, const std::string& prefix, const Environment& environment) {
  for (const auto& [name, chain] : environment) {
    json& list = out[prefix + pointer_to(name)] = json::array();
    for (const Origin& origin : chain) list.push_back(origin_json(origin));
  }
}

void add_uses(json& out, const Environment& environment) {
  for (const auto& [name, chain] : environment) {
    const Origin& effective = chain.back();
    for (const std::string& used : std::set(effective.uses.begin(), effective.uses.end())) {
      json use = {{"by", name}, {"file", effective.file}, {"line", effective.line}};
      if (effective.column != 0) use["column"] = effective.column;
      // `PATH_LIST=$PATH_LIST:/x` extends a variable; that is not a use of another one.
      if (used != name) out[pointer_to(used)].push_back(std::move(use));
    }
  }
}

}  // namespace harbor::env
