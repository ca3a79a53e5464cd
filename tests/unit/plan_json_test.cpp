// Plans as JSON: nothing is lost, and nothing that is no plan gets through.
#include "plan/plan_json.hpp"

#include <catch2/catch.hpp>

using namespace harbor;
using namespace harbor::plan;
using document::Kind;
using document::make_value;
using nlohmann::json;

namespace {

Expression expression() {
  auto map = make_value(Kind::mapping, {1, 7, 11, 1});
  auto list = make_value(Kind::sequence, {1, 8, 5, 1});
  list.items = {make_value(Kind::string, {1, 8, 6, 4}, "${A}"),
                make_value(Kind::integer, {1, 8, 10, 2}, "42"),
                make_value(Kind::number, {1, 8, 14, 3}, "1.5"),
                make_value(Kind::boolean, {1, 8, 18, 4}, "true"),
                make_value(Kind::null, {1, 8, 24, 1}, "~")};
  map.members.push_back({"list", {1, 8, 1, 4}, std::move(list)});
  return map;
}

/// A plan that has every member.
Plan whole() {
  PlannedStep first;
  first.id = "first";
  first.stage = "prepare";
  first.action = "env.merge";
  first.pack = "org.example.env";
  first.fixed = {{"file", ".env"}, {"token", {{"$secret", "s-1"}}}};
  first.mark = {1, 3, 5, 9};
  first.places = {{"/file", {1, 3, 20, 4}, {1, 3, 26, 4}}, {"/file/0", {}, {1, 3, 27, 1}}};
  PlannedStep second = first;
  second.id = "second";
  second.writes = true;
  second.open = {{"values", expression()}};
  second.bound = {{"env", "env", true, 0}};
  second.after = {0};
  second.reads_env = true;
  second.when = make_value(Kind::string, {2, 1, 1, 4}, "${A}");
  second.for_each = make_value(Kind::string, {2, 2, 1, 4}, "${B}");
  second.timeout = std::chrono::milliseconds(1500);
  second.retry = {3, std::chrono::milliseconds(250)};
  second.continue_on_error = true;
  PlannedStep undo;
  undo.id = "undo:first";
  undo.stage = "destroy";
  undo.action = "env.merge";
  undo.pack = "org.example.env";
  undo.saved = SavedState{"first", "env.merge", {{"file", "x"}}};
  undo.undoes = true;
  PlannedStep hooked = first;
  hooked.stage = "";
  Plan plan;
  plan.command = "deploy";
  plan.stages = {"prepare", "destroy"};
  plan.steps = {first, second, undo};
  plan.hooks = {{"pre_up", {hooked}}};
  plan.request = {{"services", {"web"}}, {"profile", ""}};
  plan.sources = {{"", ""}, {"etc/harbor.yaml", "project"}, {"--set a=1", "command line"}};
  return plan;
}

/// What is said of a plan that cannot be read.
std::string refusal(const json& value) {
  try {
    (void)from_json(value);
  } catch (const report::Error& error) {
    CHECK(error.diagnostics().front().code == "H0223");
    return error.what();
  }
  return "";
}

std::string refusal(const std::string& pointer, const json& replacement) {
  auto value = to_json(whole());
  value[json::json_pointer(pointer)] = replacement;
  return refusal(value);
}

}  // namespace

TEST_CASE("a plan that was written and read again is the same", "[plan]") {
  const auto plan = whole();
  const auto written = to_json(plan);
  const auto again = from_json(json::parse(written.dump()));
  CHECK(to_json(again) == written);
  CHECK(digest(again) == digest(plan));

  const auto& step = again.steps[1];
  CHECK(step.writes);
  CHECK(step.open[0].value.members[0].value.items[0].text == "${A}");
  CHECK(step.bound[0].artifact == "env");
  CHECK(step.after == std::vector<std::size_t>{0});
  CHECK(step.timeout == std::chrono::milliseconds(1500));
  CHECK(step.retry.attempts == 3);
  CHECK(again.steps[2].saved->state == json{{"file", "x"}});
  CHECK(again.span(mark_of(step, "/file")) == report::Span{"etc/harbor.yaml", 3, 26, 4});
}

TEST_CASE("a pointer into the input finds the nearest place that was written", "[plan]") {
  const auto step = whole().steps[0];
  CHECK(mark_of(step, "/file").column == 26);
  CHECK(mark_of(step, "/file", true).column == 20);
  CHECK(mark_of(step, "/file/0/x").column == 27);
  CHECK(mark_of(step, "/file/7", true).column == 26);
  CHECK(mark_of(step, "/unknown") == step.mark);
  CHECK(mark_of(step, "no pointer") == step.mark);
  CHECK(mark_of(step, "") == step.mark);
}

TEST_CASE("the digest of a plan is that of its content", "[plan]") {
  const auto plan = whole();
  CHECK(digest(plan).size() == 64);
  CHECK(digest(plan) == digest(whole()));
  auto other = whole();
  other.steps[1].fixed["file"] = ".envrc";
  CHECK(digest(other) != digest(plan));
  other = whole();
  other.steps[1].mark.line = 4;
  CHECK(digest(other) != digest(plan));
}

TEST_CASE("what is no plan is refused and says where", "[plan]") {
  CHECK(refusal(json::parse("{", nullptr, false)) ==
        "the plan cannot be read: an object is expected");
  CHECK(refusal("/format", 2) ==
        "the plan cannot be read: at /format a whole number from 0 to 1 is expected");
  CHECK(refusal("/steps/1/id", 5) == "the plan cannot be read: at /steps/1/id a text is expected");
  CHECK(refusal("/steps/0/surprise", 1) ==
        "the plan cannot be read: at /steps/0 'surprise' is not known");
  CHECK(refusal("/steps/0/at/0", 3) ==
        "the plan cannot be read: at /steps/0/at the place is in no source");
  CHECK(refusal("/steps/1/open/0/value/members/0/value/items/1/text", "four")
            .find("'four' is no integer") != std::string::npos);
  auto value = to_json(whole());
  value["steps"][2].erase("saved");
  CHECK(refusal(value) ==
        "the plan cannot be read: at /steps/2 it undoes something and has no 'saved'");
}

TEST_CASE("a plan whose order cannot be run is refused", "[plan]") {
  CHECK(refusal("/steps/1/retry/attempts", 0).find("at least 1") != std::string::npos);
  CHECK(refusal("/steps/1/after", json{1}).find("/steps/1/after") != std::string::npos);
  CHECK(refusal("/steps/1/after", json{0, 0}).find("/steps/1/after") != std::string::npos);
  CHECK(refusal("/steps/2/after", json{0}).find("/steps/2/after") != std::string::npos);
  CHECK(refusal("/steps/1/bound/0/step", 1).find("/steps/1/bound") != std::string::npos);
  CHECK(refusal("/steps/2/stage", "source").find("/stages") != std::string::npos);
  CHECK(refusal("/steps/2/stage", "nowhere").find("is not a stage") != std::string::npos);
  CHECK(refusal("/hooks/0/steps/0/after", json{0}).find("/hooks/0") != std::string::npos);
}

TEST_CASE("a plan may be damaged anywhere and is read or refused", "[plan]") {
  const auto written = to_json(whole());
  const json replacements[] = {nullptr,
                               true,
                               -1,
                               18446744073709551615U,
                               1.5,
                               "",
                               json::array(),
                               json::object(),
                               json{1, 2, 3, 4},
                               json{{"$secret", 1}}};
  std::size_t refused = 0, tried = 0;
  const auto flat = written.flatten();
  for (const auto& [pointer, unused] : flat.items()) {
    for (json::json_pointer at(pointer); !at.empty(); at.pop_back())
      for (const auto& replacement : replacements) {
        auto value = written;
        value[at] = replacement;
        ++tried;
        refused += !refusal(value).empty();
      }
  }
  CHECK(refused > tried / 2);
  CHECK(refused < tried);
}

TEST_CASE("a plan that nests without end is refused before it is copied", "[plan]") {
  std::string text = R"({"format": 1, "command": "", "stages": [], "request": {"a": )";
  text += std::string(100'000, '[') + std::string(100'000, ']') + "}}";
  CHECK(refusal(json::parse(text)) == "the plan cannot be read: it nests too deep");
}
