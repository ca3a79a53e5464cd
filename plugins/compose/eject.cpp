// compose.eject and compose.eject_to: the merged file as one to take elsewhere.
#include "eject.hpp"

#include <harbor/action.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "action.hpp"
#include "assembly.hpp"
#include "environment.hpp"
#include "report.hpp"

namespace harbor::compose {
namespace {

namespace fs = std::filesystem;

/// Merged again rather than taken as text, so that warnings name the files that were written.
Ejected ejected(Context& context, const json& input) {
  const std::string workspace(context.workspace());
  const Tree tree = tree_at(workspace);
  const json env = input.value("env", json::object());
  auto made = assemble(tree, input.at("files"), input.value("native", std::vector<std::string>()),
                       presence_in(env));
  inline_templates(made.project, tree, made.templates);
  Ejected out = eject(made.project, workspace);
  warn(context, out.warnings);
  return out;
}

std::string env_text(const Ejected& ejected, const json& env) {
  return env_of(ejected, lookup_in(env), [&](const std::string& name) {
    const auto found = env.find(name);
    return found != env.end() && is_secret(*found);
  });
}

json names_of(const Ejected& ejected) {
  json names = json::array();
  for (const EjectedVariable& variable : ejected.variables) names.push_back(variable.name);
  return names;
}

json run_eject(Context& context, const json& input) {
  const Ejected out = ejected(context, input);
  return {{"text", out.yaml},
          {"env", env_text(out, input.value("env", json::object()))},
          {"variables", names_of(out)}};
}

[[noreturn]] void fail_to_write(const fs::path& path, const std::error_code& error) {
  throw Error(HARBOR_E_IO, "compose.write_failed",
              path.string() + " could not be written: " + error.message(),
              "choose a folder that you may write to");
}

/// Only its owner may read it, as it may hold what others need not know.
void write(const fs::path& path, const std::string& text) {
  const fs::path temporary = path.string() + "." + std::to_string(::getpid()) + ".tmp";
  std::error_code error;
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    fs::permissions(temporary, fs::perms::owner_read | fs::perms::owner_write, error);
    file << text;
    file.flush();
    if (!file) fail_to_write(path, std::make_error_code(std::errc::io_error));
  }
  fs::rename(temporary, path, error);
  if (error) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    fail_to_write(path, error);
  }
}

json run_eject_to(Context& context, const json& input) {
  const Ejected out = ejected(context, input);
  const fs::path folder = fs::path(context.workspace()) / input.at("output").get<std::string>();
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail_to_write(folder, error);
  for (const char* name : {"compose.yml", ".env"}) {
    if (fs::exists(fs::symlink_status(folder / name, error)))
      throw Error(HARBOR_E_INPUT, "compose.eject_exists",
                  (folder / name).string() + " is there already",
                  "choose another folder, or remove it first");
  }
  write(folder / ".env", env_text(out, input.value("env", json::object())));
  write(folder / "compose.yml", out.yaml);
  context.info("wrote " + (folder / "compose.yml").string() + " and .env");
  return {{"text", (folder / "compose.yml").string() + "\n" + (folder / ".env").string() + "\n"}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["files"],
  "additionalProperties": false,
  "x-harbor-cli": {"command": "eject", "args": ["services"], "print": "text"},
  "properties": {
    "files": {"type": "array", "items": {"type": "string"}, "minItems": 1,
      "x-harbor-from": "compose.files", "description": "Compose files, in merge order"},
    "native": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "native.names", "description": "Services that run outside of containers"},
    "env": {"type": "object", "x-harbor-from": "env", "description": "Values for the .env beside it"},
    "services": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "request.services",
      "description": "The services to take along"},
    "output": {"type": "string", "minLength": 1, "x-harbor-value": "DIR", "x-harbor-instead": "compose.eject_to",
      "description": "Write compose.yml and .env into this folder instead of printing"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "text": {"type": "string", "description": "The compose file"},
    "env": {"type": "string", "description": "The .env beside it: what the file uses, secrets left empty"},
    "variables": {"type": "array", "items": {"type": "string"}, "description": "The variables that it uses"}
  }
})";

constexpr std::string_view to_input_schema = R"({
  "type": "object",
  "required": ["files", "output"],
  "additionalProperties": false,
  "properties": {
    "files": {"type": "array", "items": {"type": "string"}, "minItems": 1,
      "x-harbor-from": "compose.files", "description": "Compose files, in merge order"},
    "native": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "native.names", "description": "Services that run outside of containers"},
    "env": {"type": "object", "x-harbor-from": "env", "description": "Values for the .env beside it"},
    "output": {"type": "string", "minLength": 1, "description": "The folder, made when it is not there"}
  }
})";

constexpr std::string_view to_output_schema = R"({
  "type": "object",
  "properties": {"text": {"type": "string", "description": "The files that were written"}}
})";

}  // namespace

constinit const harbor_action eject_action =
    action<run_eject>({.name = "compose.eject",
                       .doc = "Prints a compose file that needs nothing of Harbor.",
                       .input = input_schema,
                       .output = output_schema,
                       .effects = HARBOR_FX_READ_WORKSPACE,
                       .flags = HARBOR_AF_IDEMPOTENT});

constinit const harbor_action eject_to_action = action<run_eject_to>(
    {.name = "compose.eject_to",
     .doc = "Writes a compose file that needs nothing of Harbor, and its .env.",
     .input = to_input_schema,
     .output = to_output_schema,
     .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_WRITE_WORKSPACE | HARBOR_FX_WRITE_HOST});

}  // namespace harbor::compose
