// A complete pack with one action.
#include <harbor/action.hpp>

using harbor::json;

static json greet(harbor::Context& context, const json& input) {
  const std::string who = input.at("who");
  if (who.empty()) {
    throw harbor::Error(HARBOR_E_INPUT, "example.nobody", "there is nobody to greet", "say whom")
        .at("/who");
  }
  context.info("greeting " + who);
  return {{"greeting", "Hello, " + who}};
}

static constexpr auto action = harbor::action<greet>(
    {.name = "example.greet",
     .doc = "Says hello.",
     .input = R"({"type": "object", "required": ["who"], "additionalProperties": false,
                  "properties": {"who": {"type": "string", "description": "Whom to greet"}}})",
     .output = R"({"type": "object", "properties": {"greeting": {"type": "string"}}})",
     .flags = HARBOR_AF_IDEMPOTENT});

HARBOR_PLUGIN(.id = "com.example.greet", .version = "1.0.0", .vendor = "Example",
              .license = "Apache-2.0", .url = "https://example.com/greet", .actions = {&action},
              .failures = {{.status = HARBOR_E_INPUT,
                            .code = "example.nobody",
                            .title = "there is nobody to greet",
                            .explanation = "The step's `who` is empty. Say whom to greet."}})
