// A pack that behaves, and uses what the small zoo does not: artifacts, env, hooks, faces, the
// record of a run.
#include <harbor/action.hpp>

#include <csignal>

using harbor::Context;
using harbor::json;

namespace {

json names(Context& context, const json& input) {
  const json list = input.value("names", json::array());
  json origin = json::object();
  for (std::size_t i = 0; i < list.size(); ++i)
    origin["/" + std::to_string(i)] = json::array({{{"file", "stacks/old.yml"},
                                                    {"line", 3},
                                                    {"column", 5},
                                                    {"layer", "project"},
                                                    {"value", "old"},
                                                    {"overridden", true}},
                                                   {{"file", "etc/harbor.yaml"},
                                                    {"line", 4},
                                                    {"column", 7},
                                                    {"layer", "command line"},
                                                    {"value", list[i]}}});
  context.emit_origin("names", origin);
  return {{"names", list}};
}

json env(Context& context, const json& input) {
  json env = input.value("values", json::object());
  const json secrets = input.value("secrets", json::object());
  for (const auto& [name, value] : secrets.items())
    env[name] = context.put_secret(name, value.get<std::string>());
  return {{"env", env}};
}

json changes(Context&, const json& input) {
  json list = json::array();
  for (const auto& name : input.at("names"))
    list.push_back({{"op", "create"},
                    {"target", name},
                    {"summary", "start it"},
                    {"diff", "- nothing\n+ " + name.get<std::string>() + "\n"}});
  list.push_back({{"op", "delete"}, {"target", "leftover"}, {"destructive", true}});
  return {{"changes", list}};
}

json up(Context& context, const json& input) {
  for (const auto& name : input.at("names")) context.raise_hook("pre_up", {{"name", name}});
  return {{"left", input.at("names")}};
}

json down(Context&, const json& input) { return {{"gone", input.at("left")}}; }

json show(Context&, const json& input) {
  return {{"text", "showing " + input.at("names").dump() +
                       (input.value("loud", false) ? " LOUDLY\n" : "\n")},
          {"code", input.value("code", 0)}};
}

json theme(Context&, const json& input) { return input; }

/// A look that says which of its operations was asked.
json look(Context&, const json&) { return {{"operation", "execute"}}; }

json plan_look(Context&, const json&) {
  return {{"changes", json::array()}, {"outputs", {{"operation", "plan"}}}};
}

/// Gives a child a secret in every way that there is; the child shouts it out.
json leak(Context& context, const json& input) {
  harbor::Spawn spawn{
      .argv = {"sh", "-c",
               "echo \"env $TOKEN\"; cat; printf '%s' \"$TOKEN\" | base64 >&2; exit 3"}};
  spawn.env.push_back({"TOKEN", harbor::Part::secret(input.at("token"))});
  spawn.input = {"in ", harbor::Part::secret(input.at("token")), "\n"};
  const auto process = context.spawn(spawn);
  std::string plain;
  context.with_secret(input.at("token"), [&](std::string_view value) { plain = value; });
  context.warn("the value is " + plain);
  throw harbor::Error(HARBOR_E_FAILED, "stage.leak",
                      "ended with " + std::to_string(process.exit_code) + " for " + plain,
                      "do not say " + plain);
}

constexpr auto names_action = harbor::action<names>(
    {.name = "stage.names",
     .doc = "Publishes names",
     .input =
         R"({"type": "object", "additionalProperties": false, "x-harbor-section": "source.names",
                  "properties": {"names": {"type": "array", "items": {"type": "string"}}}})",
     .output =
         R"({"type": "object", "properties": {"names": {"type": "array", "x-harbor-as": "names",
                                                             "x-harbor-result": true}}})"});
constexpr auto env_action = harbor::action<env>(
    {.name = "stage.env",
     .doc = "Publishes the environment",
     .input =
         R"({"type": "object", "additionalProperties": false, "x-harbor-section": "prepare.env",
                  "properties": {"values": {"type": "object"}, "secrets": {"type": "object"}}})",
     .output =
         R"({"type": "object", "properties": {"env": {"type": "object", "x-harbor-as": "env"}}})",
     .effects = HARBOR_FX_SECRETS});
constexpr auto up_action = harbor::action<up>(
    {.name = "stage.up",
     .doc = "Starts what has a name",
     .input =
         R"({"type": "object", "required": ["names"], "x-harbor-hooks": ["pre_up"], "properties": {
                  "names": {"type": "array", "x-harbor-from": "names"}}})",
     .output = R"({"type": "object", "properties": {"left": {"type": "array", "x-harbor-as": "left",
                                                            "x-harbor-record": true}}})",
     .effects = HARBOR_FX_WRITE_WORKSPACE,
     .plan = harbor::operation<changes>});
constexpr auto down_action = harbor::action<down>(
    {.name = "stage.down",
     .doc = "Stops what was left running",
     .input =
         R"({"type": "object", "required": ["left"], "properties": {"left": {"type": "array", "x-harbor-from": "left"}}})",
     .output =
         R"({"type": "object", "properties": {"gone": {"type": "array", "x-harbor-result": true}}})",
     .effects = HARBOR_FX_WRITE_WORKSPACE});
constexpr auto show_action = harbor::action<show>(
    {.name = "stage.show",
     .doc = "Shows names",
     .input =
         R"({"type": "object", "required": ["names"], "additionalProperties": false, "properties": {
                  "names": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "names", "description": "What to show"},
                  "loud": {"type": "boolean", "description": "shout"},
                  "code": {"type": "integer", "default": 0, "description": "the exit status"}},
                  "x-harbor-cli": {"command": "show", "args": ["names"], "print": "text", "exit": "code"}})",
     .output =
         R"({"type": "object", "properties": {"text": {"type": "string"}, "code": {"type": "integer"}}})"});
constexpr auto theme_action = harbor::action<theme>(
    {.name = "stage.theme",
     .doc = "Reads a key of the descriptor",
     .input =
         R"({"type": "object", "properties": {"color": {"enum": ["red", "green"], "x-harbor-from": "descriptor.theme.color"},
                  "size": {"type": "integer", "default": 3}}})",
     .output =
         R"({"type": "object", "properties": {"color": {"x-harbor-result": true}, "size": {"x-harbor-result": true}}})"});
constexpr auto look_action = harbor::action<look>(
    {.name = "stage.look",
     .doc = "Looks, and knows beforehand what it will see",
     .output = R"({"type": "object", "properties": {"operation": {"type": "string"}}})",
     .plan = harbor::operation<plan_look>});
constexpr auto leak_action = harbor::action<leak>(
    {.name = "stage.leak",
     .doc = "Lets a secret out wherever it can",
     .input =
         R"({"type": "object", "required": ["token"], "properties": {"token": {"type": "object"}}})",
     .effects = HARBOR_FX_EXEC | HARBOR_FX_SECRETS | HARBOR_FX_WRITE_WORKSPACE});

/// Saves a text for undo; dies right after where it is told to.
harbor::Result keep(Context& context, const json& input) {
  context.save_state({{"text", input.at("text")}});
  if (input.value("dies", false)) ::raise(SIGKILL);
  return {};
}

harbor::Result take_back(Context& context, const json&) {
  // What a masker touched cannot be undone.
  if (context.state().at("text").get<std::string>().find('*') != std::string::npos)
    throw harbor::Error(HARBOR_E_FAILED, "stage.altered", "the state is not what was saved");
  return {};
}

/// Declares no effects, whatever it invokes.
json call(Context& context, const json& input) {
  return {{"answer", context.invoke(input.at("callee").get<std::string>(), json::object())}};
}

/// Saves state without saying that it writes.
json sneak(Context& context, const json&) {
  context.save_state({{"text", "sneaked"}});
  return json::object();
}

constexpr auto keep_action = harbor::action<keep>(
    {.name = "stage.keep",
     .doc = "Keeps a text",
     .input = R"({"type": "object", "required": ["text"], "additionalProperties": false,
                  "properties": {"text": {"type": "string"}, "dies": {"type": "boolean"}}})",
     .effects = HARBOR_FX_WRITE_WORKSPACE,
     .undo = harbor::operation<take_back>});
constexpr auto call_action = harbor::action<call>(
    {.name = "stage.call",
     .doc = "Invokes an action",
     .input =
         R"({"type": "object", "required": ["callee"], "properties": {"callee": {"type": "string"}}})"});
constexpr auto sneak_action =
    harbor::action<sneak>({.name = "stage.sneak", .doc = "Saves state and declares nothing"});

}  // namespace

HARBOR_PLUGIN(.id = "org.example.stage", .version = "1.0.0", .vendor = "Zoo",
              .actions = {&names_action, &env_action, &up_action, &down_action, &show_action,
                          &theme_action, &look_action, &leak_action, &keep_action, &call_action,
                          &sneak_action})
