#include <harbor/action.hpp>
#include <harbor/testing.hpp>

#include <catch2/catch.hpp>
#include <string>

using Catch::Matchers::Contains;
using harbor::Context;
using harbor::json;
using harbor::testing::Host;
using harbor::testing::Misuse;

namespace {

/// Runs the words of input.argv; says how often it was asked, and obeys cancelled().
json run_words(Context& context, const json& input) {
  const bool looks = input.value("read_only", false);
  json exits = json::array();
  for (int i = 0; i < input.value("count", 1); ++i) {
    if (const harbor_status status = context.cancelled(); status != HARBOR_OK) {
      throw harbor::Error(status, "test.stopped", "stopped");
    }
    const auto process = context.spawn({.argv = input.at("argv"), .read_only = looks});
    exits.push_back(process.exit_code);
  }
  if (context.op() == HARBOR_OP_PLAN) return {{"changes", input.value("changes", exits)}};
  return {{"exits", exits}};
}
constexpr auto words = harbor::action<run_words>({.name = "test.words",
                                                  .doc = "Runs words.",
                                                  .effects = HARBOR_FX_EXEC | HARBOR_FX_SECRETS,
                                                  .plan = harbor::operation<run_words>});
constexpr auto undeclared = harbor::action<run_words>({.name = "test.undeclared", .doc = "Runs."});

json say(Context& context, const json& input) {
  if (input.contains("put")) return {{"secret", context.put_secret("x", "y")}};
  if (input.contains("log")) context.info(input["log"].get<std::string>());
  if (input.contains("fail")) throw harbor::Error(HARBOR_E_FAILED, "test.x", input["fail"]);
  return input.value("output", json::object());
}
constexpr auto saying = harbor::action<say>({.name = "test.say", .doc = "Says."});

}  // namespace

TEST_CASE("rules match the first words, in the order in which they were written", "[sdk]") {
  Host host;
  host.on_spawn({"tool", "up"}).times(1).exit(1);
  host.on_spawn({"tool"}).exit(2);
  host.on_spawn("never", [](const auto&) { return false; });
  CHECK(host.run(words, {{"argv", {"tool", "up", "x"}}, {"count", 2}}).output ==
        json{{"exits", {1, 2}}});
  CHECK(host.unused() == std::vector<std::string>{"never"});
}

TEST_CASE("a process without a rule is a readable failure of the test", "[sdk]") {
  Host host;
  host.on_spawn({"tool", "down"});
  CHECK_THROWS_WITH(host.run(words, {{"argv", {"tool", "up"}}}),
                    Contains("test.words:") && Contains("no rule for the process: tool up") &&
                        Contains("rule: tool down"));
}

TEST_CASE("a rule can write what its process would write", "[sdk]") {
  Host host;
  std::string written;
  host.on_spawn({"tool"}).effect([&](const auto& spawn) { written = spawn.argv.at(1); });
  CHECK(host.run(words, {{"argv", {"tool", "file"}}}).ok());
  CHECK(written == "file");
}

TEST_CASE("an effect that is not declared is found", "[sdk]") {
  Host host;
  host.on_spawn({"tool"});
  CHECK_THROWS_WITH(host.run(undeclared, {{"argv", {"tool"}}}), Contains("HARBOR_FX_EXEC"));
  CHECK_THROWS_WITH(host.run(saying, {{"put", 1}}), Contains("HARBOR_FX_SECRETS"));
  CHECK(host.spawns.empty());
}

TEST_CASE("only a read-only process may run in a plan", "[sdk]") {
  Host host;
  host.on_spawn({"tool"});
  CHECK_THROWS_WITH(host.plan(words, {{"argv", {"tool"}}, {"changes", json::array()}}),
                    Contains("HARBOR_SPAWN_READ_ONLY"));
  CHECK(
      host.plan(words, {{"argv", {"tool"}}, {"read_only", true}, {"changes", json::array()}}).ok());
}

TEST_CASE("a plan is a list of changes", "[sdk]") {
  Host host;
  host.on_spawn({"tool"});
  const json input = {{"argv", {"tool"}}, {"read_only", true}};
  CHECK_THROWS_WITH(host.plan(words, input), Contains("no change: 0"));
}

TEST_CASE("a secret in argv, log, output or failure is found", "[sdk]") {
  Host host;
  host.secret("hunter22");
  host.on_spawn({"tool"});
  CHECK_THROWS_WITH(host.run(words, {{"argv", {"tool", "--key=hunter22"}}}),
                    Contains("a secret stands in argv of tool"));
  CHECK_THROWS_WITH(host.run(saying, {{"log", "it is hunter22"}}), Contains("log()"));
  CHECK_THROWS_WITH(host.run(saying, {{"output", {{"a", "hunter22"}}}}), Contains("emit_output()"));
  CHECK_THROWS_WITH(host.run(saying, {{"fail", "hunter22 is wrong"}}), Contains("fail()"));
}

TEST_CASE("a message is one sentence without a full stop", "[sdk]") {
  Host host;
  CHECK_THROWS_WITH(host.run(saying, {{"fail", "It failed."}}), Contains("full stop"));
  CHECK(host.run(saying, {{"fail", "it failed"}}).status == HARBOR_E_FAILED);
}

TEST_CASE("an output must be an object", "[sdk]") {
  Host host;
  CHECK_THROWS_WITH(host.run(saying, {{"output", 3}}), Contains("emit_output needs a JSON object"));
}

TEST_CASE("a run can be cancelled at every call of the host", "[sdk]") {
  const json input = {{"argv", {"tool"}}, {"count", 5}};
  Host probe;
  probe.on_spawn({"tool"});
  REQUIRE(probe.run(words, input).ok());
  for (std::size_t k = 1; k < probe.calls(); ++k) {
    CAPTURE(k);
    Host host;
    host.on_spawn({"tool"});
    host.cancel_at(k);
    const auto result = host.run(words, input);
    CHECK(result.status == HARBOR_E_CANCELLED);
    CHECK(host.calls() <= k + 1);
  }
}

TEST_CASE("a deadline that has passed stops an operation", "[sdk]") {
  Host host;
  host.deadline_in(std::chrono::milliseconds(-1));
  CHECK(host.run(words, {{"argv", {"tool"}}}).status == HARBOR_E_TIMEOUT);
}

TEST_CASE("memory from the host is aligned and lives as long as the operation", "[sdk]") {
  static constexpr auto action = harbor::action<[](Context& context, const json&) -> json {
    harbor_call* call = context.raw();
    void* block = call->host->alloc(call, 100, 64);
    return {{"aligned", reinterpret_cast<std::uintptr_t>(block) % 64 == 0},
            {"null", block == nullptr}};
  }>({.name = "test.alloc", .doc = "Allocates."});
  Host host;
  CHECK(host.run(action).output == json{{"aligned", true}, {"null", false}});
  host.refuse("alloc", HARBOR_E_INTERNAL);
  CHECK(host.run(action).output.at("null") == true);
}

TEST_CASE("an unknown status is found", "[sdk]") {
  harbor_action action = saying;
  action.execute = [](harbor_call*) -> harbor_status { return 99; };
  Host host;
  CHECK_THROWS_WITH(host.run(action), Contains("status 99"));
}

TEST_CASE("a result reads well in an assertion", "[sdk]") {
  Host host;
  CHECK(to_string(host.run(saying, {{"fail", "it broke"}})) ==
        "HARBOR_E_FAILED\nerror: HARBOR_E_FAILED test.x: it broke");
  CHECK(harbor::testing::name_of(HARBOR_UNCHANGED) == "HARBOR_UNCHANGED");
}
