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
/// With powers alone: no Context, no action<>().
harbor_status bare(harbor_call* raw) noexcept {
  const harbor::Call call(raw);
  harbor::log(call, HARBOR_LOG_INFO, "bare");
  const auto process = harbor::spawn(call, {.argv = {"tool"}, .read_only = true});
  const std::vector<harbor::Change> changes = {
      {.op = "create", .target = "x", .summary = std::to_string(process.exit_code)}};
  return harbor::emit_output(call, harbor::planned(changes, {{"y", 1}}));
}
constexpr harbor_action bare_action = [] {
  auto action = words;
  action.plan = &bare;
  return action;
}();
constexpr auto saying = harbor::action<say>({.name = "test.say", .doc = "Says."});

}  // namespace

TEST_CASE("a power works alone, over a call of the boundary", "[sdk]") {
  Host host;
  host.on_spawn({"tool"}).exit(3);
  CHECK(host.plan(bare_action).output ==
        json{{"changes", {{{"op", "create"}, {"target", "x"}, {"summary", "3"}}}},
             {"outputs", {{"y", 1}}}});
  CHECK(host.logs.at(0).message == "bare");
}

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
                    Contains("there is a secret in argv of tool"));
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

namespace {

/// Writes input.files, a mapping of paths to texts, as the tree input.folder.
json write_tree(Context& context, const json& input) {
  std::vector<harbor::OutputFile> files;
  for (const auto& [path, text] : input.at("files").items())
    files.push_back({.path = path, .parts = {"v: ", harbor::Part(text)}});
  json told = json::array();
  const bool differs =
      context.replace_tree(input.at("folder").get<std::string>(), files, [&](const auto& file) {
        told.push_back({file.path, file.change, file.before, file.after});
      });
  json changes = json::array();
  if (differs && context.op() == HARBOR_OP_PLAN)
    changes.push_back({{"op", "create"}, {"target", "tree"}});
  return {{"told", told}, {"differs", differs}, {"changes", changes}};
}
constexpr auto tree_action = harbor::action<write_tree>({.name = "test.tree",
                                                         .doc = "Writes.",
                                                         .effects = HARBOR_FX_WRITE_WORKSPACE,
                                                         .plan = harbor::operation<write_tree>});
constexpr auto shy_action = harbor::action<write_tree>({.name = "test.shy", .doc = "Writes."});

json write_one(Context& context, const json& input) {
  if (input.contains("remove"))
    return {{"removed", context.remove_file(input["remove"].get<std::string>())}};
  return {
      {"written", context.write_file({.path = input.at("path"), .parts = {"x"}, .mode = 0640})}};
}
constexpr auto one_action = harbor::action<write_one>(
    {.name = "test.one", .doc = "Writes.", .effects = HARBOR_FX_WRITE_WORKSPACE});

json expand_text(Context& context, const json& input) {
  const std::string text = input.at("text");
  const auto done =
      context.expand({.text = text, .lookup = [](std::string_view name) {
                        if (name == "THROW")
                          throw harbor::Error(HARBOR_E_FAILED, "test.thrown", "thrown");
                        return name == "A" ? std::optional<std::string>("1") : std::nullopt;
                      }});
  if (done.fault) return {{"fault", done.fault->message}, {"offset", done.fault->offset}};
  return {{"text", done.text}, {"unset", done.unset.size()}};
}
constexpr auto expand_action =
    harbor::action<expand_text>({.name = "test.expand", .doc = "Expands."});

/// Knows `$A` alone: a fake for a fake host.
harbor_status expand_one(harbor_call*, const harbor_expand* request, harbor_expansion* into) {
  if (request->text.len == 0) {
    into->fault = HARBOR_EXPANSION_SYNTAX;
    into->message = HARBOR_LIT("nothing to expand");
    into->offset = 7;
    return HARBOR_OK;
  }
  const harbor_str name{request->text.ptr + 1, request->text.len - 1};
  if (request->lookup(request->user, name, &into->text) == HARBOR_VARIABLE_UNSET)
    request->unset(request->user, name, 0, request->text.len);
  return HARBOR_OK;
}
constexpr harbor_interpolation expander{sizeof(harbor_interpolation), 0, expand_one};

}  // namespace

TEST_CASE("files stand in memory, with what became of each", "[sdk]") {
  Host host;
  const json secret = host.secret("swordfish");
  const json input{{"folder", "t"}, {"files", {{"a/b", "1"}, {"c", secret}}}};
  CHECK(host.plan(tree_action, input).output["differs"] == true);
  CHECK(host.files.empty());
  CHECK(
      host.run(tree_action, input).output["told"] ==
      json{{"a/b", HARBOR_FILE_CREATED, "", "v: 1"}, {"c", HARBOR_FILE_CREATED, "", "v: ******"}});
  CHECK(host.files.at("t/a/b").text == "v: 1");
  CHECK(host.files.at("t/c").text == "v: swordfish");
  CHECK(host.files.at("t/c").has_secret);
  CHECK(host.files.at("t/c").mode == 0600);
  CHECK(host.run(tree_action, input).output["differs"] == false);
  host.files["t/old"] = {"gone", 0600, false};
  host.files["other"] = {"stays", 0600, false};
  CHECK(host.run(tree_action, input).output["told"][2] ==
        json{"old", HARBOR_FILE_DELETED, "gone", ""});
  CHECK(host.files.size() == 3);
}

TEST_CASE("single files are written and removed in memory", "[sdk]") {
  Host host;
  CHECK(host.run(one_action, {{"path", "d/x"}}).output["written"] == true);
  CHECK(host.run(one_action, {{"path", "d/x"}}).output["written"] == false);
  CHECK(host.files.at("d/x").mode == 0640);
  CHECK(host.run(one_action, {{"remove", "d"}}).output["removed"] == true);
  CHECK(host.run(one_action, {{"remove", "d"}}).output["removed"] == false);
  CHECK(host.run(one_action, {{"path", "../x"}}).status == HARBOR_E_DENIED);
}

TEST_CASE("writing against the rules is found", "[sdk]") {
  Host host;
  const json good{{"folder", "t"}, {"files", {{"a", "1"}}}};
  CHECK_THROWS_WITH(host.run(shy_action, good), Contains("HARBOR_FX_WRITE_WORKSPACE"));
  for (const char* path : {"../x", "/x", "a//b", "a/./b", "a/", ""})
    CHECK(host.run(tree_action, {{"folder", "t"}, {"files", {{path, "1"}}}}).status ==
          HARBOR_E_DENIED);
  CHECK(host.run(tree_action, {{"folder", ".."}, {"files", json::object()}}).status ==
        HARBOR_E_DENIED);
  CHECK(host.files.empty());
}

TEST_CASE("a test brings the expander of its host", "[sdk]") {
  Host host;
  CHECK(host.run(expand_action, {{"text", "$A"}}).errors.at(0).message ==
        "this Harbor cannot expand variables for packs");
  host.extend(HARBOR_INTERPOLATION_ID, &expander);
  CHECK(host.run(expand_action, {{"text", "$A"}}).output == json{{"text", "1"}, {"unset", 0}});
  CHECK(host.run(expand_action, {{"text", "$B"}}).output == json{{"text", ""}, {"unset", 1}});
  CHECK(host.run(expand_action, {{"text", "$THROW"}}).errors.at(0).code == "test.thrown");
  CHECK(host.run(expand_action, {{"text", ""}}).output ==
        json{{"fault", "nothing to expand"}, {"offset", 7}});
}

TEST_CASE("the environment is what the test says", "[sdk]") {
  static constexpr auto action = harbor::action<[](harbor::Context& context, const json&) -> json {
    return {{"a", context.environment("A").value_or("(unset)")}};
  }>({.name = "test.variable", .doc = "Reads.", .effects = HARBOR_FX_READ_HOST});
  static constexpr auto undeclared =
      harbor::action<[](harbor::Context& context, const json&) -> json {
        return {{"a", context.environment("A").value_or("(unset)")}};
      }>({.name = "test.variable", .doc = "Reads."});
  Host host;
  CHECK(host.run(action).output == json{{"a", "(unset)"}});
  host.environment["A"] = "1";
  CHECK(host.run(action).output == json{{"a", "1"}});
  CHECK_THROWS_WITH(host.run(undeclared), Contains("HARBOR_FX_READ_HOST"));
  host.extend(HARBOR_ENVIRONMENT_ID, nullptr);
  CHECK(host.run(action).errors.at(0).code == "sdk.unsupported");
}

TEST_CASE("a trial is what the test says, and hands over its end", "[sdk]") {
  static constexpr auto action = harbor::action<[](harbor::Context& context, const json&) -> json {
    json end;
    context.try_stage({.stage = "prepare",
                       .request = {{"site", "lab"}},
                       .files = {{.path = "a.env", .parts = {"A=", context.put_secret("A", "1")}}},
                       .env = {{"B", "2"}}},
                      [&](const harbor::TrialResult& result) {
                        end = {{"status", result.exit_status},
                               {"out", result.out},
                               {"folder", result.folder},
                               {"events", result.events}};
                      });
    return end;
  }>({.name = "test.trial",
      .doc = "Tries.",
      .effects = HARBOR_FX_EXEC | HARBOR_FX_READ_WORKSPACE | HARBOR_FX_SECRETS});
  Host host;
  CHECK_THROWS_WITH(host.run(action), Contains("no script for a trial of prepare"));
  host.on_trial({"/copy/project", [](const auto&) {
                   return harbor::testing::TrialEnd{65, "said", ""};
                 }});
  CHECK(host.run(action).output == json{{"status", 65},
                                        {"out", "said"},
                                        {"folder", "/copy/project"},
                                        {"events", "/copy/events"}});
  CHECK(host.trials.back().files.at("a.env").value == "A=1");
  CHECK(host.trials.back().env.at("B").value == "2");
  CHECK(host.trials.back().request == json{{"site", "lab"}});
  CHECK_THROWS_WITH(host.run(action, {}, HARBOR_OP_EXECUTE + 100), Contains("no operation"));
}

TEST_CASE("files for the user to keep are new ones", "[sdk]") {
  static constexpr auto keep = [](harbor::Context& context, const json& input) -> json {
    context.write_new_files(input.at("folder").get<std::string>(),
                            {{.path = "a", .parts = {harbor::Part(input.at("part"))}}});
    return {};
  };
  static constexpr auto action = harbor::action<keep>(
      {.name = "test.keep", .doc = "Keeps.", .effects = HARBOR_FX_WRITE_WORKSPACE});
  Host host;
  CHECK(host.run(action, {{"folder", "out"}, {"part", "1"}}).ok());
  CHECK(host.new_files.at("out/a").text == "1");
  CHECK(host.run(action, {{"folder", "out"}, {"part", "2"}}).status == HARBOR_E_INPUT);
  CHECK(host.new_files.at("out/a").text == "1");
  CHECK(host.run(action, {{"folder", "../out"}, {"part", "1"}}).status == HARBOR_E_DENIED);
  CHECK_THROWS_WITH(host.run(action, {{"folder", "/out"}, {"part", "1"}}),
                    Contains("HARBOR_FX_WRITE_HOST"));
  CHECK_THROWS_WITH(host.run(action, {{"folder", "o"}, {"part", host.secret("swordfish")}}),
                    Contains("a secret is written"));
}

TEST_CASE("only an action that writes can save what undoes it", "[sdk]") {
  static constexpr auto save = [](harbor::Context& context, const json&) -> json {
    context.save_state({{"id", 1}});
    return {};
  };
  static constexpr auto reader = harbor::action<save>({.name = "test.read", .doc = "Reads."});
  static constexpr auto writer = harbor::action<save>(
      {.name = "test.write", .doc = "Writes.", .effects = HARBOR_FX_WRITE_HOST});
  Host host;
  CHECK_THROWS_WITH(host.run(reader), Contains("HARBOR_FX_WRITE_*"));
  CHECK(host.states.empty());
  CHECK(host.run(writer).ok());
  CHECK(host.states.size() == 1);
}
