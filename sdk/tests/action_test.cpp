#include <harbor/action.hpp>
#include <harbor/testing.hpp>

#include <catch2/catch.hpp>
#include <new>
#include <string>
#include <thread>

using harbor::Context;
using harbor::json;
using harbor::Result;
using harbor::testing::Host;
using harbor::testing::Misuse;

namespace {

json echo(Context&, const json& input) { return input; }
constexpr auto echo_action = harbor::action<echo>({.name = "test.echo", .doc = "Gives its input."});

Result settle(Context&, const json& input) {
  if (input.value("done", false)) return harbor::Unchanged{{{"was", "there"}}};
  return {{"made", true}, {"count", 2}};
}
void check(Context&, const json& input) {
  if (input.contains("odd")) throw harbor::Error(HARBOR_E_INPUT, "test.odd", "odd is not allowed");
}
json plan(Context&, const json&) {
  return {{"changes", {{{"op", "create"}, {"target", "x"}, {"summary", "make x"}}}}};
}
void take_back(Context& context, const json&) {
  context.info(context.state().at("made").get<std::string>());
}
constexpr auto settle_action = harbor::action<settle>({.name = "test.settle",
                                                       .doc = "Settles.",
                                                       .validate = harbor::operation<check>,
                                                       .plan = harbor::operation<plan>,
                                                       .undo = harbor::operation<take_back>});

json broken(Context& context, const json& input) {
  const std::string what = input.at("what");
  if (what == "standard") throw std::runtime_error("boom");
  if (what == "memory") throw std::bad_alloc();
  if (what == "number") throw 42;
  if (what == "json") return input.at("missing");
  if (what == "success") throw harbor::Error(HARBOR_OK, "test.success", "a success was thrown");
  harbor::Error error(HARBOR_E_NOT_FOUND, "test.missing", "no such file", "create it",
                      {{.file = "a.yml", .line = 3, .column = 5, .length = 2, .text = "here"}});
  error.pointer = "/what";
  error.causes = {"outer", "inner"};
  if (what == "two") {
    context.fail(error);
    context.fail(harbor::Error(HARBOR_E_INPUT, "test.second", "and another"));
    context.warn(harbor::Error(HARBOR_E_FAILED, "test.soft", "look out"));
    return {{"ignored", true}};
  }
  throw error;
}
constexpr auto broken_action = harbor::action<broken>({.name = "test.broken", .doc = "Fails."});

json run_tool(Context& context, const json& input) {
  const json token = context.put_secret("token", "s3cret-token");
  std::string lines;
  const harbor::Process process =
      context.spawn({.argv = {"tool", "up", harbor::file_path(0)},
                     .env = {{"PLAIN", "a"}, {"FROM_INPUT", input.at("value")}, {"TOKEN", token}},
                     .inherit_env = {"SSH_AUTH_SOCK"},
                     .cwd = "/tmp",
                     .input = {"user:", harbor::Part::secret(token), "\n"},
                     .files = {{"key=", token}, {"second"}},
                     .timeout = std::chrono::seconds(3),
                     .capture = true,
                     .quiet = true,
                     .on_line = [&](int fd, std::string_view line) {
                       lines += std::to_string(fd) + std::string(line) + ";";
                     }});
  return {{"exit", process.exit_code},
          {"signal", process.signal},
          {"out", process.out},
          {"err", process.err},
          {"lines", lines},
          {"ok", process.ok()},
          {"truncated", process.truncated},
          {"lossy", process.lossy}};
}
constexpr auto tool_action = harbor::action<run_tool>(
    {.name = "test.tool", .doc = "Runs.", .effects = HARBOR_FX_EXEC | HARBOR_FX_SECRETS});

}  // namespace

TEST_CASE("an action's output is what it returns", "[sdk]") {
  Host host;
  const auto result = host.run(echo_action, {{"a", 1}});
  CHECK(result.status == HARBOR_OK);
  CHECK(result.output == json{{"a", 1}});
  CHECK(result.errors.empty());
}

TEST_CASE("the table of an action holds what its definition says", "[sdk]") {
  CHECK(echo_action.struct_size == sizeof(harbor_action));
  CHECK(harbor::detail::text(echo_action.name) == "test.echo");
  CHECK(harbor::detail::text(echo_action.input_schema) == "{}");
  CHECK(echo_action.output_schema.len == 0);
  CHECK(echo_action.plan == nullptr);
  CHECK(settle_action.plan != nullptr);
  CHECK(settle_action.status == nullptr);
}

TEST_CASE("Unchanged ends an operation as a noop and keeps its output", "[sdk]") {
  Host host;
  const auto noop = host.run(settle_action, {{"done", true}});
  CHECK(noop.status == HARBOR_UNCHANGED);
  CHECK(noop.output == json{{"was", "there"}});
  const auto changed = host.run(settle_action);
  CHECK(changed.status == HARBOR_OK);
  CHECK(changed.output == json{{"made", true}, {"count", 2}});
}

TEST_CASE("each operation runs its own function", "[sdk]") {
  Host host;
  CHECK(host.run(settle_action, json::object(), HARBOR_OP_VALIDATE).status == HARBOR_OK);
  CHECK(host.run(settle_action, {{"odd", 1}}, HARBOR_OP_VALIDATE).status == HARBOR_E_INPUT);
  CHECK(host.plan(settle_action).output.at("changes").size() == 1);
  host.state = {{"made", "a file"}};
  CHECK(host.run(settle_action, json::object(), HARBOR_OP_UNDO).ok());
  CHECK(host.logs.at(0).message == "a file");
  CHECK_THROWS_AS(host.run(settle_action, json::object(), HARBOR_OP_STATUS), Misuse);
}

TEST_CASE("an Error reaches the host in full", "[sdk]") {
  Host host;
  const auto result = host.run(broken_action, {{"what", "error"}});
  CHECK(result.status == HARBOR_E_NOT_FOUND);
  REQUIRE(result.errors.size() == 1);
  const auto& error = result.errors[0];
  CHECK(error.code == "test.missing");
  CHECK(error.message == "no such file");
  CHECK(error.hint == "create it");
  CHECK(error.pointer == "/what");
  CHECK(error.detail == json::parse(R"({"causes": ["outer", "inner"], "labels": [
      {"file": "a.yml", "line": 3, "column": 5, "length": 2, "text": "here"}]})"));
}

TEST_CASE("an operation can report several failures and warnings", "[sdk]") {
  Host host;
  const auto result = host.run(broken_action, {{"what", "two"}});
  CHECK(result.status == HARBOR_E_NOT_FOUND);
  CHECK(result.output.is_null());
  REQUIRE(result.errors.size() == 2);
  CHECK(result.errors[1].code == "test.second");
  REQUIRE(result.warnings.size() == 1);
  CHECK(result.warnings[0].message == "look out");
}

TEST_CASE("no exception leaves an operation", "[sdk]") {
  Host host;
  for (const char* what : {"standard", "memory", "number", "json"}) {
    CAPTURE(what);
    const auto result = host.run(broken_action, {{"what", what}});
    CHECK(result.status == HARBOR_E_INTERNAL);
    REQUIRE(result.errors.size() == 1);
    CHECK(result.errors[0].code == "sdk.exception");
    CHECK(result.errors[0].message == "test.broken ended with an unexpected exception");
  }
  CHECK(host.run(broken_action, {{"what", "standard"}}).errors[0].detail ==
        json{{"causes", {"boom"}}});
}

TEST_CASE("an Error with a status of success is a failure", "[sdk]") {
  Host host;
  CHECK(host.run(broken_action, {{"what", "success"}}).status == HARBOR_E_FAILED);
}

TEST_CASE("a process gets what the Spawn says and secrets by reference", "[sdk]") {
  Host host;
  host.on_spawn({"tool", "up"}).exit(3).out("one\ntwo").err("bad\n").truncated().lossy();
  const auto result = host.run(tool_action, {{"value", host.secret("from the input")}});
  INFO(to_string(result));
  REQUIRE(result.status == HARBOR_OK);
  CHECK(result.output == json{{"exit", 3},
                              {"signal", 0},
                              {"out", "one\ntwo"},
                              {"err", "bad\n"},
                              {"lines", "1one;1two;2bad;"},
                              {"ok", false},
                              {"truncated", true},
                              {"lossy", true}});
  REQUIRE(host.spawns.size() == 1);
  const auto& spawn = host.spawns[0];
  CHECK(spawn.argv == std::vector<std::string>{"tool", "up", "/proc/self/fd/3"});
  CHECK(spawn.flags == (HARBOR_SPAWN_CAPTURE | HARBOR_SPAWN_QUIET));
  CHECK(spawn.env.at("PLAIN").value == "a");
  CHECK_FALSE(spawn.env.at("PLAIN").has_secret);
  CHECK(spawn.env.at("FROM_INPUT").value == "from the input");
  CHECK(spawn.env.at("TOKEN").has_secret);
  CHECK(spawn.inherit_env == std::vector<std::string>{"SSH_AUTH_SOCK"});
  CHECK(spawn.cwd == "/tmp");
  CHECK(spawn.input.value == "user:s3cret-token\n");
  REQUIRE(spawn.files.size() == 2);
  CHECK(spawn.files[0].value == "key=s3cret-token");
  CHECK_FALSE(spawn.files[1].has_secret);
  CHECK(spawn.timeout == std::chrono::seconds(3));
  CHECK(host.secrets_put.at(0) == std::pair<std::string, std::string>("token", "s3cret-token"));
}

TEST_CASE("a value that is neither text nor secret is the input's fault", "[sdk]") {
  Host host;
  const auto result = host.run(tool_action, {{"value", 7}});
  CHECK(result.status == HARBOR_E_INPUT);
  CHECK(result.errors.at(0).message == "a text or a secret is needed here, found number");
  CHECK(host.spawns.empty());
}

TEST_CASE("what the host refuses ends the operation with the host's status", "[sdk]") {
  Host host;
  host.on_spawn({"tool"}).refused(HARBOR_E_UNAVAILABLE);
  const auto result = host.run(tool_action, {{"value", "x"}});
  CHECK(result.status == HARBOR_E_UNAVAILABLE);
  CHECK(result.errors.empty());
}

TEST_CASE("what a line callback throws arrives behind the process", "[sdk]") {
  static constexpr auto action = harbor::action<[](Context& context, const json&) -> json {
    int lines = 0;
    try {
      context.spawn({.argv = {"tool"}, .on_line = [&](int, std::string_view) {
                       ++lines;
                       throw std::runtime_error("in the callback");
                     }});
    } catch (const std::runtime_error& error) {
      return {{"caught", error.what()}, {"lines", lines}};
    }
    return {};
  }>({.name = "test.lines", .doc = "Throws.", .effects = HARBOR_FX_EXEC});
  Host host;
  host.on_spawn({"tool"}).out("1\n2\n3\n");
  CHECK(host.run(action).output == json{{"caught", "in the callback"}, {"lines", 1}});
}

TEST_CASE("a secret is lent to a callable, whose exception is passed on", "[sdk]") {
  static constexpr auto action = harbor::action<[](Context& context, const json& input) -> json {
    std::size_t size = 0;
    context.with_secret(input.at("key"), [&](std::string_view value) { size = value.size(); });
    try {
      context.with_secret(input.at("key"), [](std::string_view) { throw 7; });
    } catch (int) {
      return {{"size", size}};
    }
    return {};
  }>({.name = "test.lend", .doc = "Lends.", .effects = HARBOR_FX_SECRETS});
  Host host;
  CHECK(host.run(action, {{"key", host.secret("12345678")}}).output == json{{"size", 8}});
  CHECK(host.run(action, {{"key", {{"$secret", "vault:99"}}}}).status == HARBOR_E_DENIED);
  const auto plain = host.run(action, {{"key", "no reference"}});
  CHECK(plain.status == HARBOR_E_INPUT);
  CHECK(plain.errors.at(0).code == "sdk.part");
}

TEST_CASE("what this Harbor does not offer is refused with a code of its own", "[sdk]") {
  static constexpr auto action = harbor::action<[](Context& context, const json&) -> json {
    context.write_file({.path = "a", .parts = {"text"}});
    return {};
  }>({.name = "test.write", .doc = "Writes.", .effects = HARBOR_FX_WRITE_WORKSPACE});
  Host host;
  host.extend(HARBOR_FILES_ID, nullptr);
  const auto run = host.run(action);
  CHECK(run.status == HARBOR_E_UNSUPPORTED);
  CHECK(run.errors.at(0).code == "sdk.unsupported");
  CHECK(run.errors.at(0).message == "this Harbor cannot write files for packs");
}

TEST_CASE("an operation sees its call and reaches every service of the host", "[sdk]") {
  static constexpr auto action = harbor::action<[](Context& context, const json&) -> json {
    std::thread([&] { context.log(HARBOR_LOG_DEBUG, "from a thread", {{"n", 1}}); }).join();
    context.progress(0.5, "half");
    context.emit_origin("env", {{"/A", json::array()}});
    context.save_state({{"id", 9}});
    context.raise_hook("pre_service_up", {{"service", "web"}});
    const json answer = context.invoke("other.action", {{"q", 1}});
    return {{"workspace", std::string(context.workspace())},
            {"run_dir", std::string(context.run_dir())},
            {"run", std::string(context.run_id())},
            {"step", std::string(context.step_id())},
            {"action", std::string(context.action())},
            {"op", context.op()},
            {"attempt", context.attempt()},
            {"state", context.state()},
            {"answer", answer},
            {"number", *context.extension<int>("test.number")},
            {"nothing", context.extension<int>("test.nothing") == nullptr},
            {"deadline", context.deadline().has_value()}};
  }>({.name = "test.all", .doc = "Uses all.", .effects = HARBOR_FX_WRITE_HOST});
  Host host;
  const int number = 5;
  host.extend("test.number", &number);
  host.attempt = 2;
  host.state = {{"old", true}};
  host.on_invoke("other.action", [](const json& input) { return json{{"a", input.at("q")}}; });
  const auto result = host.run(action);
  INFO(to_string(result));
  CHECK(result.output == json{{"workspace", "/workspace"},
                              {"run_dir", "/workspace/var/run"},
                              {"run", "run-1"},
                              {"step", "step-1"},
                              {"action", "test.all"},
                              {"op", HARBOR_OP_EXECUTE},
                              {"attempt", 2},
                              {"state", {{"old", true}}},
                              {"answer", {{"a", 1}}},
                              {"number", 5},
                              {"nothing", true},
                              {"deadline", false}});
  CHECK(host.logs.at(0).fields == json{{"n", 1}});
  CHECK(host.progress.at(0).what == "half");
  CHECK(host.origins.at(0).first == "env");
  CHECK(host.states.at(0) == json{{"id", 9}});
  CHECK(host.hooks.at(0).second == json{{"service", "web"}});
  CHECK(host.invocations.at(0).first == "other.action");
}

TEST_CASE("every service that fails is passed on", "[sdk]") {
  static constexpr auto action = harbor::action<[](Context& context, const json&) -> json {
    context.emit_origin("env", json::object());
    context.save_state(json::object());
    context.raise_hook("point");
    context.invoke("other", json::object());
    (void)context.put_secret("a", "b");
    return {{"a", 1}};
  }>({.name = "test.services",
      .doc = "Uses some.",
      .effects = HARBOR_FX_SECRETS | HARBOR_FX_WRITE_HOST});
  for (const char* function :
       {"emit_origin", "save_state", "raise_hook", "invoke", "put_secret", "emit_output"}) {
    CAPTURE(function);
    Host host;
    host.on_invoke("other", [](const json&) { return json(); });
    CHECK(host.run(action).status == HARBOR_OK);
    host.refuse(function, HARBOR_E_IO);
    CHECK(host.run(action).status == HARBOR_E_IO);
  }
}

TEST_CASE("invalid UTF-8 in an output is replaced", "[sdk]") {
  static constexpr auto action = harbor::action<[](Context&, const json&) -> json {
    return {{"text", "a\xff"}};
  }>({.name = "test.bytes", .doc = "Emits bytes."});
  Host host;
  CHECK(host.run(action).output == json{{"text", "a\xEF\xBF\xBD"}});
}

TEST_CASE("one secret alone can be an input or a file", "[sdk]") {
  static constexpr auto action = harbor::action<[](Context& context, const json& input) -> json {
    const json& token = input.at("token");
    context.spawn({.argv = {"tool", "login", "--key-file", harbor::file_path(0)},
                   .env = {{"TOOL_USER", "ada"}},
                   .input = {token},
                   .files = {{token}},
                   .timeout = std::chrono::seconds(30)});
    return {};
  }>({.name = "test.login", .doc = "Logs in.", .effects = HARBOR_FX_EXEC});
  Host host;
  host.on_spawn({"tool", "login"});
  const auto result = host.run(action, {{"token", host.secret("abcdef")}});
  INFO(to_string(result));
  CHECK(result.ok());
  CHECK(host.spawns.at(0).input.value == "abcdef");
  REQUIRE(host.spawns.at(0).files.size() == 1);
  CHECK(host.spawns.at(0).files[0].value == "abcdef");
  CHECK(host.spawns.at(0).files[0].has_secret);
}

TEST_CASE("a signal is no exit status", "[sdk]") {
  static constexpr auto action = harbor::action<[](Context& context, const json&) -> json {
    const auto process = context.spawn({.argv = {"tool"}, .attach = true});
    return {{"ok", process.ok()}, {"exit", process.exit_code}, {"signal", process.signal}};
  }>({.name = "test.signal", .doc = "Dies.", .effects = HARBOR_FX_EXEC});
  Host host;
  host.on_spawn({"tool"}).signal(9).out("not captured\n");
  CHECK(host.run(action).output == json{{"ok", false}, {"exit", -1}, {"signal", 9}});
  CHECK(host.spawns.at(0).flags == HARBOR_SPAWN_ATTACH);
}

TEST_CASE("a failed host call can be answered with something better", "[sdk]") {
  static constexpr auto action = harbor::action<[](Context& context, const json&) -> json {
    try {
      context.spawn({.argv = {"tool"}});
    } catch (const harbor::HostFailure& failure) {
      throw harbor::Error(failure.status, "test.no_tool", "tool is not installed", "install it");
    }
    return {};
  }>({.name = "test.better", .doc = "Explains.", .effects = HARBOR_FX_EXEC});
  Host host;
  host.on_spawn({"tool"}).refused(HARBOR_E_UNAVAILABLE);
  const auto result = host.run(action);
  CHECK(result.status == HARBOR_E_UNAVAILABLE);
  CHECK(result.errors.at(0).hint == "install it");
}
