// env.show: the environment for people, each value with its layer.
#include <harbor/action.hpp>

#include <algorithm>

#include "action.hpp"

namespace harbor::env {
namespace {

/// Any value, on one line.
std::string shown(const json& value) {
  if (!value.is_string()) return "******";
  std::string out;
  for (const char c : value.get_ref<const std::string&>()) {
    if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      out += '?';
    else
      out += c;
  }
  return out;
}

std::string place_of(const json& origin) {
  std::string out = origin.value("layer", "");
  if (origin.contains("file")) out += "  " + origin["file"].get<std::string>();
  if (origin.contains("line")) out += ":" + std::to_string(origin["line"].get<unsigned>());
  return out;
}

/// A wider value must not push the layers out of sight.
constexpr std::size_t widest = 40;

std::string table(const json& values, const json& layers, const std::string& indent) {
  std::size_t name_width = 0, value_width = 0;
  for (const auto& [name, value] : values.items()) {
    name_width = std::max(name_width, name.size());
    value_width = std::max(value_width, std::min(shown(value).size(), widest));
  }
  std::string out;
  for (const auto& [name, value] : values.items()) {
    const std::string text = shown(value);
    out += indent + name + std::string(name_width - name.size() + 2, ' ') + text +
           std::string(value_width > text.size() ? value_width - text.size() : 0, ' ') + "  " +
           place_of(layers.value(name, json::object())) + "\n";
  }
  return out;
}

json described(const json& values, const json& layers) {
  json out = json::object();
  for (const auto& [name, value] : values.items()) {
    out[name] = layers.value(name, json::object());
    out[name]["value"] = value.is_string() ? value : json("******");
    out[name]["secret"] = !value.is_string();
  }
  return out;
}

json run_show(Context&, const json& input) {
  const json env = input.value("env", json::object());
  const json own = input.value("serviceEnv", json::object());
  const json layers = input.value("layers", json::object());
  const json shared = layers.value("shared", json::object());
  json services = json::object();
  std::string text = table(env, shared, "");
  for (const auto& [service, values] : own.items()) {
    const json places = layers.value("services", json::object()).value(service, json::object());
    services[service] = described(values, places);
    text += "\n" + service + ":\n" + table(values, places, "  ");
  }
  return {{"env", described(env, shared)}, {"services", std::move(services)}, {"text", text}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "additionalProperties": false,
  "x-harbor-cli": {"command": "env", "args": ["services"], "print": "text"},
  "properties": {
    "services": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "request.services",
      "description": "Services whose own variables are shown as well; default: all chosen ones"},
    "env": {"type": "object", "x-harbor-from": "env", "description": "The environment"},
    "serviceEnv": {"type": "object", "x-harbor-from": "env.services", "description": "What differs for single services"},
    "layers": {"type": "object", "x-harbor-from": "env.layers", "description": "Where each value comes from"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "env": {"type": "object", "description": "For each variable: value, secret, layer, file and line"},
    "services": {"type": "object", "description": "The same for what differs for single services"},
    "text": {"type": "string", "description": "The same for people"}
  }
})";

}  // namespace

constinit const harbor_action show_action = action<run_show>(
    {.name = "env.show",
     .doc = "Shows the environment, secrets masked, and where each value comes from.",
     .input = input_schema,
     .output = output_schema,
     .flags = HARBOR_AF_IDEMPOTENT});

}  // namespace harbor::env
