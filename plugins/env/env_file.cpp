// env.write and env.remove: the environment as a file, for tools that need one.
#include <harbor/action.hpp>

#include "action.hpp"
#include "value.hpp"

namespace harbor::env {
namespace {

OutputFile file_of(Context& context, const json& input) {
  Variables variables;
  const json& env = input.at("env");
  for (const auto& [name, value] : env.items())
    variables.emplace_back(name, reveal(context, value));
  return {.path = input.value("file", ".env.run"),
          .parts = {Part(write_dotenv(variables))},
          .mode = 0600};
}

Result run_write(Context& context, const json& input) {
  const OutputFile file = file_of(context, input);
  json output = {{"file", "var/run/" + file.path}};
  if (!context.write_file(file)) return Unchanged{std::move(output)};
  return output;
}

json plan_write(Context& context, const json& input) {
  const OutputFile file = file_of(context, input);
  json changes = json::array();
  if (context.write_file(file))
    changes.push_back(
        {{"op", "update"}, {"target", "var/run/" + file.path}, {"summary", "the environment"}});
  return {{"changes", std::move(changes)}};
}

Result run_remove(Context& context, const json& input) {
  if (!context.remove_file(input.value("file", ".env.run"))) return Unchanged{};
  return {};
}

constexpr std::string_view write_schema = R"({
  "type": "object",
  "additionalProperties": false,
  "required": ["env"],
  "x-harbor-section": "prepare.env_file",
  "properties": {
    "file": {"type": "string", "minLength": 1, "default": ".env.run", "description": "Its name below var/run"},
    "env": {"type": "object", "x-harbor-from": "env", "description": "What is written, secrets included"}
  }
})";

constexpr std::string_view remove_schema = R"({
  "type": "object",
  "additionalProperties": false,
  "x-harbor-section": "destroy.env_file",
  "properties": {
    "file": {"type": "string", "minLength": 1, "default": ".env.run", "description": "Its name below var/run"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {"file": {"type": "string", "x-harbor-as": "env.file", "description": "The file"}}
})";

}  // namespace

constinit const harbor_action write_action = action<run_write>(
    {.name = "env.write",
     .doc = "Writes the environment, secrets included, to a file that only its owner can read.",
     .input = write_schema,
     .output = output_schema,
     .effects = HARBOR_FX_WRITE_WORKSPACE | HARBOR_FX_SECRETS,
     .flags = HARBOR_AF_IDEMPOTENT,
     .plan = operation<plan_write>});

constinit const harbor_action remove_action =
    action<run_remove>({.name = "env.remove",
                        .doc = "Removes the file that env.write made.",
                        .input = remove_schema,
                        .effects = HARBOR_FX_WRITE_WORKSPACE,
                        .flags = HARBOR_AF_IDEMPOTENT});

}  // namespace harbor::env
