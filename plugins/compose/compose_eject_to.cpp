// compose.eject_to: the same into a folder, with the .env beside it.
#include <harbor/action.hpp>

#include <filesystem>

#include "action.hpp"
#include "ejection.hpp"

namespace harbor::compose {
namespace {

/// The folder as messages show it: an absolute path.
std::string shown(Context& context, const std::string& folder) {
  return (std::filesystem::path(context.workspace()) / folder).lexically_normal().string();
}

json run_eject_to(Context& context, const json& input) {
  const std::string given = input.at("output");
  const std::string folder = shown(context, given);
  // Paths in a compose file are relative to its folder.
  const Ejected out =
      ejected(context, input,
              std::filesystem::path(context.workspace()).lexically_relative(folder).string());
  try {
    context.write_new_files(
        given, {{.path = "compose.yml", .parts = {out.yaml}},
                {.path = ".env", .parts = {env_text(out, input.value("env", json::object()))}}});
  } catch (const HostFailure& failure) {
    if (failure.status == HARBOR_E_INPUT)
      throw Error(HARBOR_E_INPUT, "compose.eject_exists",
                  "compose.yml or .env already exists in " + folder,
                  "choose another folder, or remove them first");
    if (failure.status == HARBOR_E_IO)
      throw Error(HARBOR_E_IO, "compose.write_failed", folder + " could not be written",
                  "choose a folder that you may write to");
    throw;
  }
  context.info("wrote " + folder + "/compose.yml and .env");
  return {{"text", folder + "/compose.yml\n" + folder + "/.env\n"}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["files", "output"],
  "additionalProperties": false,
  "properties": {
    "files": {"type": "array", "items": {"type": "string"}, "minItems": 1,
      "x-harbor-from": "compose.files", "description": "Compose files, in merge order"},
    "native": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "native.names", "description": "Services that run outside containers"},
    "env": {"type": "object", "x-harbor-from": "env", "description": "Values for the .env beside it"},
    "output": {"type": "string", "minLength": 1, "description": "The folder; created if missing"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {"text": {"type": "string", "description": "The files that were written"}}
})";

}  // namespace

constinit const harbor_action eject_to_action = action<run_eject_to>(
    {.name = "compose.eject_to",
     .doc = "Writes a compose file that works without Harbor, and its .env.",
     .input = input_schema,
     .output = output_schema,
     .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_WRITE_WORKSPACE | HARBOR_FX_WRITE_HOST});

}  // namespace harbor::compose
