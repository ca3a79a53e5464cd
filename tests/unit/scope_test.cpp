#include "plan/scope.hpp"

#include <catch2/catch.hpp>

#include "descriptor_of.hpp"

using namespace harbor;
using namespace harbor::plan;
using nlohmann::json;

namespace {

/// A step's surroundings that own their values.
struct Surroundings {
  json env = {
      {"HOST", "example.org"}, {"PORT", "80"}, {"EMPTY", ""}, {"TOKEN", {{"$secret", "s-1"}}}};
  json item = {{"name", "web"}, {"ports", {80, 443}}};
  json index = 2;
  json request = {{"services", {"web", "db"}}, {"profile", "dev"}};
  std::map<std::string, json, std::less<>> outputs = {
      {"first", {{"names", {"a", "b"}}, {"deep", {{"x.y", 5}}}, {"secret", {{"$secret", "s-2"}}}}},
      {"net.probe", {{"ok", true}}}};

  [[nodiscard]] Scope scope() const {
    Scope scope;
    scope.env = &env;
    scope.item = &item;
    scope.index = &index;
    scope.request = &request;
    scope.output_of = [this](std::string_view id) -> const json* {
      const auto found = outputs.find(id);
      return found == outputs.end() ? nullptr : &found->second;
    };
    return scope;
  }
};

/// Resolves the member `x-value` of a descriptor.
Resolution resolved(const std::string& text) {
  const auto descriptor = descriptor_of("x-value: " + text + "\n");
  const Surroundings around;
  return resolve(*descriptor.root.find("x-value"), descriptor.sources, around.scope());
}

bool condition(const std::string& text, report::Diagnostics& diagnostics) {
  const auto descriptor = descriptor_of("x-value: '" + text + "'\n");
  const Surroundings around;
  return holds(*descriptor.root.find("x-value"), descriptor.sources, around.scope(), diagnostics);
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("names are looked up in env, loop, request and outputs", "[workflow]") {
  const Surroundings around;
  const auto scope = around.scope();
  CHECK(*scope.find("HOST") == "example.org");
  CHECK(*scope.find("item.name") == "web");
  CHECK(*scope.find("item.ports.1") == 443);
  CHECK(*scope.find("index") == 2);
  CHECK(*scope.find("request.profile") == "dev");
  CHECK(*scope.find("steps.first.names.0") == "a");
  CHECK(*scope.find("steps.first.deep.x.y") == 5);
  CHECK(*scope.find("steps.net.probe.ok") == true);
  for (const char* name :
       {"UNSET", "item.size", "item.ports.2", "item.ports.x", "steps.first", "steps.first.nothing",
        "steps.none.ok", "request.x", "hook.name", "steps.", ""}) {
    CAPTURE(name);
    CHECK(scope.find(name) == nullptr);
  }
}

TEST_CASE("a scope without values knows nothing", "[workflow]") {
  const Scope scope;
  for (const char* name :
       {"HOST", "item", "item.name", "index", "request.services", "hook.name", "steps.first.names"})
    CHECK(scope.find(name) == nullptr);
}

TEST_CASE("a lone reference keeps the type of its value", "[workflow]") {
  CHECK(resolved("'${steps.first.names}'").value == json({"a", "b"}));
  CHECK(resolved("'${item}'").value["name"] == "web");
  CHECK(resolved("'${index}'").value == 2);
  CHECK(resolved("'${steps.net.probe.ok}'").value == true);
}

TEST_CASE("references inside text become text", "[workflow]") {
  CHECK(resolved("'http://${HOST}:${PORT}/${item.name}/${index}'").value ==
        "http://example.org:80/web/2");
  CHECK(resolved("'${EMPTY:-none} ${EMPTY-none} ${HOST:+set} $${HOST}'").value ==
        "none  set ${HOST}");
  CHECK(resolved("{a: ['${HOST}', 5, true, ~], b: plain}").value ==
        json::parse(R"({"a": ["example.org", 5, true, null], "b": "plain"})"));
}

TEST_CASE("a variable that is not set is a warning, with its place", "[workflow]") {
  const auto done = resolved("'a ${UNSET} b'");
  CHECK(done.value == "a  b");
  REQUIRE(done.diagnostics.size() == 1);
  CHECK(done.diagnostics[0].severity == report::Severity::warning);
  CHECK(lines_of(done.diagnostics) == Lines{"H0409 2:13 'UNSET' is not set; it becomes empty text "
                                            "(give it a default: `${UNSET:-...}`)"});
}

TEST_CASE("a required variable is an error", "[workflow]") {
  const auto done = resolved("'${UNSET:?set it in site.env}'");
  REQUIRE(done.diagnostics.size() == 1);
  CHECK(done.diagnostics[0].code == "H0410");
  CHECK(done.diagnostics[0].message.find("set it in site.env") != std::string::npos);
}

TEST_CASE("an expression that cannot be read is an error", "[workflow]") {
  const auto done = resolved("'${HOST'");
  REQUIRE(done.diagnostics.size() == 1);
  CHECK(done.diagnostics[0].code == "H0220");
}

TEST_CASE("a list does not fit into text", "[workflow]") {
  CHECK(lines_of(resolved("'all: ${steps.first.names}'").diagnostics) ==
        Lines{"H0220 2:10 a list or mapping is inside longer text (refer to one of its members)"});
}

TEST_CASE("a secret is passed on as a reference when it is the whole value", "[workflow]") {
  CHECK(resolved("'${TOKEN}'").value == json{{"$secret", "s-1"}});
  CHECK(resolved("{deep: ['${steps.first.secret}']}").value["deep"][0] == json{{"$secret", "s-2"}});
}

TEST_CASE("a secret never becomes a part of text", "[workflow]") {
  const auto done = resolved("'Bearer ${TOKEN}'");
  REQUIRE(done.diagnostics.size() == 1);
  CHECK(done.diagnostics[0].code == "H0602");
  CHECK(done.value.dump().find("s-1") == std::string::npos);
}

TEST_CASE("conditions ask for values, and whether a secret is there", "[workflow]") {
  report::Diagnostics diagnostics;
  CHECK(condition("${HOST} == example.org", diagnostics));
  CHECK(condition("${TOKEN}", diagnostics));
  CHECK_FALSE(condition("${TOKEN} == s-1", diagnostics));
  CHECK_FALSE(condition("${UNSET}", diagnostics));
  CHECK(condition("${request.services}", diagnostics));
  CHECK(condition("${steps.net.probe.ok} && !${EMPTY}", diagnostics));
  CHECK(diagnostics.empty());
  CHECK_FALSE(condition("${HOST} ==", diagnostics));
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics[0].code == "H0220");
}

TEST_CASE("only a reference alone of the right shape is a secret", "[workflow]") {
  CHECK(is_secret({{"$secret", "s-1"}}));
  CHECK_FALSE(is_secret({{"$secret", 1}}));
  CHECK_FALSE(is_secret({{"$secret", "s-1"}, {"more", 1}}));
  CHECK_FALSE(is_secret("s-1"));
  CHECK_FALSE(is_secret(nullptr));
}

TEST_CASE("references are collected with their places", "[workflow]") {
  const auto descriptor =
      descriptor_of("x-value: {a: ['${HOST}', 'x${steps.first.names}'], b: plain, c: '$$no'}\n");
  std::vector<Reference> found;
  collect_references(*descriptor.root.find("x-value"), found);
  REQUIRE(found.size() == 2);
  CHECK(found[0].name == "HOST");
  CHECK(found[1].name == "steps.first.names");
  CHECK(found[1].mark.line == 2);
  CHECK(is_dynamic(*descriptor.root.find("x-value")));
}
