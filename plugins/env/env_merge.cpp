// env.merge: one environment out of layers of env files.
#include <unistd.h>

#include "action.hpp"
#include "expander.hpp"
#include "source.hpp"

namespace harbor::env {
namespace {

/// Values as the artifact holds them; secrets go into the vault, each value of a key once.
class Writer {
 public:
  explicit Writer(Context& context) : context_(context) {}

  json values(const Environment& environment) {
    json out = json::object();
    for (const auto& [key, chain] : environment) out[key] = value_of(key, chain.back());
    return out;
  }

 private:
  json value_of(const std::string& key, const Origin& origin) {
    // An empty secret would mask nothing, and is none.
    if (!origin.is_secret || origin.value.empty()) return origin.value;
    auto& reference = references_[{key, origin.value}];
    if (reference.is_null()) reference = context_.put_secret(key, origin.value);
    return reference;
  }

  Context& context_;
  std::map<std::pair<std::string, std::string>, json> references_;
};

/// A key as one step of a JSON pointer.
std::string escaped(std::string_view key) {
  std::string out;
  for (const char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

json origin_json(const Origin& origin) {
  json out = {{"layer", name_of(origin.layer)}, {"overridden", origin.is_overridden}};
  if (!origin.file.empty()) out["file"] = origin.file;
  if (origin.line != 0) out["line"] = origin.line;
  if (origin.column != 0) out["column"] = origin.column;
  out["value"] = origin.is_secret ? std::string("(secret)") : origin.value;
  return out;
}

void add_origins(json& out, const std::string& prefix, const Environment& environment) {
  for (const auto& [key, chain] : environment) {
    json& list = out[prefix + "/" + escaped(key)] = json::array();
    for (const Origin& origin : chain) list.push_back(origin_json(origin));
  }
}

void emit_origins(Context& context, const Merged& merged) {
  json shared = json::object(), services = json::object();
  add_origins(shared, "", merged.shared);
  for (const auto& [service, environment] : merged.services)
    add_origins(services, "/" + escaped(service), environment);
  context.emit_origin("env", shared);
  context.emit_origin("env.services", services);
}

json run_merge(Context& context, const json& input) {
  const Scope scope{std::string(context.workspace()),
                    input.value("services", std::vector<std::string>()), input.value("site", "")};
  auto layers = read_sources(input.value("sources", json::array()), scope);
  layers.push_back(host_layer(input.value("fromHost", std::vector<std::string>()), environ));
  const Merged merged = merge(layers, expander_of(context));
  for (const Warning& warning : merged.warnings)
    context.warn(
        Error(HARBOR_E_INPUT, warning.code, warning.message, warning.hint, {warning.label}));

  Writer writer(context);
  json services = json::object();
  for (const auto& [service, environment] : merged.services)
    if (!environment.empty()) services[service] = writer.values(environment);
  json output = {{"env", writer.values(merged.shared)}, {"services", std::move(services)}};
  emit_origins(context, merged);
  return output;
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "additionalProperties": false,
  "x-harbor-section": "prepare.env",
  "properties": {
    "sources": {"type": "array", "default": [],
      "x-harbor-literal": true,
      "description": "Env files; where two set one variable, the stronger type counts, then the later file. From weak to strong: sys, site, service, dotenv, native, secrets, sops",
      "items": {
        "type": "object",
        "required": ["type"],
        "additionalProperties": false,
        "properties": {
          "type": {"enum": ["sys", "site", "service", "dotenv", "native", "secrets", "sops"],
            "description": "What the file is for, which says how strong it is; values of secrets and sops are secret"},
          "file": {"type": "string", "minLength": 1,
            "description": "The file, from the project folder; may hold wildcards, ${service} and ${site}. Left out: etc/sys.env, etc/site.env, stacks/${service}/service.env, .env or override.secrets.env"},
          "optional": {"type": "boolean",
            "description": "Whether the file may be missing; default only where no file or one for each service is named"},
          "services": {"type": "array", "items": {"type": "string"},
            "description": "Only for these services"}
        }
      }
    },
    "fromHost": {"type": "array", "items": {"type": "string", "minLength": 1}, "default": [],
      "description": "Variables taken from Harbor's own environment where they are set; stronger than all files. A name may end in *"},
    "services": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "services",
      "description": "The chosen services"},
    "site": {"type": "string", "x-harbor-from": "request.site", "description": "The chosen site"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "env": {"type": "object", "x-harbor-as": "env",
      "description": "Every variable and its value; secrets as references"},
    "services": {"type": "object", "x-harbor-as": "env.services",
      "description": "For each service what differs from that"}
  }
})";

}  // namespace

constinit const harbor_action merge_action = action<run_merge>(
    {.name = "env.merge",
     .doc = "Merges env files into one environment that knows where each value is from.",
     .input = input_schema,
     .output = output_schema,
     .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_READ_HOST | HARBOR_FX_SECRETS,
     .flags = HARBOR_AF_IDEMPOTENT});

}  // namespace harbor::env
