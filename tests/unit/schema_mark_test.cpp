// The marks of a schema, read once.
#include "plugin/schema_mark.hpp"

#include <catch2/catch.hpp>

#include "plugin/codec.hpp"
#include "plugin/fault.hpp"

using namespace harbor::plugin;

namespace {

ActionInfo marked(const std::string& input, const std::string& output = "") {
  ActionInfo action;
  action.name = "a.b";
  action.input_schema = input;
  action.output_schema = output;
  read_schema_marks(action);
  return action;
}

std::string refusal(const std::string& input, const std::string& output = "") {
  try {
    marked(input, output);
  } catch (const Refused& refused) {
    return refused.fault().found;
  }
  return "";
}

void check_all(const ActionInfo& action) {
  CHECK(action.marks("text").literal);
  CHECK_FALSE(action.marks("text").writes);
  CHECK(action.marks("file").writes);
  CHECK(action.marks("names").letter == 'n');
  CHECK(action.marks("names").value_name == "NAME");
  CHECK(action.marks("names").greedy);
  CHECK(action.marks("dry").instead == "a.c");
  CHECK(action.marks("plain").name.empty());
  REQUIRE(action.consumed("project"));
  CHECK(action.consumed("project")->recorded);
  CHECK(action.consumed("project")->otherwise == "less is known");
  CHECK(action.consumed("project")->required);
  CHECK_FALSE(action.consumed("names")->recorded);
  CHECK_FALSE(action.consumed("plain"));
  REQUIRE(action.published("left"));
  CHECK(action.published("left")->recorded);
  CHECK(action.results == std::vector<std::string>{"text"});
  REQUIRE(action.namings.size() == 1);
  CHECK(action.namings[0].artifact == "left");
  CHECK(action.namings[0].depth == 2);
  CHECK(action.namings[0].uses == "right");
}

}  // namespace

TEST_CASE("every mark becomes a member of the action, and comes back out of the cache",
          "[plugin]") {
  Pack pack;
  pack.actions.push_back(
      marked(R"({"required": ["project"], "properties": {
      "text": {"x-harbor-literal": true}, "file": {"x-harbor-writes": true}, "plain": {},
      "names": {"x-harbor-letter": "n", "x-harbor-value": "NAME", "x-harbor-greedy": true,
                "x-harbor-from": "names"},
      "dry": {"x-harbor-instead": "a.c"},
      "project": {"x-harbor-from": "p", "x-harbor-recorded": true, "x-harbor-otherwise": "less is known"}}})",
             R"({"properties": {"left": {"x-harbor-as": "left", "x-harbor-record": true,
               "x-harbor-names": {"depth": 2, "uses": "right"}},
      "text": {"x-harbor-result": true}}})"));
  check_all(pack.actions.front());
  std::string texts;
  const auto index = encode(pack, texts);
  std::string_view rest = texts;
  check_all(decode_pack(nlohmann::json::parse(index.dump()), rest).actions.front());
}

TEST_CASE("a mark of the wrong type is the pack's mistake", "[plugin]") {
  CHECK(refusal(R"({"properties": {"a": {"x-harbor-literal": "yes"}}})")
            .ends_with("'x-harbor-literal' is \"yes\", true or false expected"));
  CHECK(refusal(R"({"properties": {"a": {"x-harbor-letter": "ab"}}})")
            .ends_with("'x-harbor-letter' is 'ab', one letter expected"));
  CHECK(refusal(R"({"properties": {"a": {"x-harbor-instead": 1}}})")
            .ends_with("'x-harbor-instead' is 1, a text expected"));
  CHECK(refusal("{}", R"({"properties": {"a": {"x-harbor-result": 1}}})")
            .ends_with("'x-harbor-result' is 1, true or false expected"));
  CHECK(refusal("{}",
                R"({"properties": {"a": {"x-harbor-as": "a", "x-harbor-names": {"depth": 0}}}})")
            .ends_with("'x-harbor-names' of 'a' is not a mapping with a `depth` from 1 to 8"));
}

TEST_CASE("no parameter is called as a key of a step", "[plugin]") {
  for (const char* key : {"action", "id", "name", "when", "with", "needs", "timeout", "retry",
                          "continueOnError", "forEach"})
    CHECK(refusal("{\"properties\": {\"" + std::string(key) + "\": {}}}") ==
          "has an invalid description: in the input schema of action 'a.b' the property '" +
              std::string(key) + "' has the name of a step's own key");
  CHECK(refusal(R"({"properties": {"names": {"properties": {"name": {}}}}})").empty());
  CHECK(refusal("{}", R"({"properties": {"name": {}}})").empty());
}
