// A complete pack with one action.
#include <harbor/action.hpp>

using harbor::json;

static json greet(harbor::Context& context, const json& input) {
  const std::string name = input.at("name");
  if (name.empty()) {
    throw harbor::Error(HARBOR_E_INPUT, "example.no_name", "there is nobody to greet",
                        "give a name")
        .at("/name");
  }
  context.info("greeting " + name);
  return {{"greeting", "Hello, " + name}};
}

static constexpr auto action = harbor::action<greet>(
    {.name = "example.greet",
     .doc = "Says hello.",
     .input = R"({"type": "object", "required": ["name"], "additionalProperties": false,
                  "properties": {"name": {"type": "string", "description": "Whom to greet"}}})",
     .output = R"({"type": "object", "properties": {"greeting": {"type": "string"}}})",
     .flags = HARBOR_AF_IDEMPOTENT});

HARBOR_PLUGIN(.id = "com.example.greet", .version = "1.0.0", .vendor = "Example",
              .license = "Apache-2.0", .url = "https://example.com/greet", .actions = {&action},
              .failures = {{.status = HARBOR_E_INPUT,
                            .code = "example.no_name",
                            .title = "there is nobody to greet",
                            .explanation = "The step's `name` is empty. Give it a name."}})
