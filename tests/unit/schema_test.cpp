#include "plan/schema.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

using harbor::plan::coerce;
using harbor::plan::Schema;
using nlohmann::json;

namespace {

/// "POINTER: MESSAGE (HINT)" of every error.
std::vector<std::string> errors(const char* schema, const char* value,
                                const std::set<std::string>& open = {}) {
  std::vector<std::string> out;
  for (const auto& error : Schema(json::parse(schema)).check(json::parse(value), open))
    out.push_back(error.pointer + ": " + error.message +
                  (error.hint.empty() ? "" : " (" + error.hint + ")"));
  return out;
}

json coerced(const char* schema, json value) {
  coerce(json::parse(schema), value);
  return value;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a value that fits its schema has no errors", "[workflow]") {
  CHECK(errors("{}", R"({"a": [1, null]})").empty());
  CHECK(errors(R"({"type": "object", "properties": {"port": {"type": "integer", "minimum": 1}}})",
               R"({"port": 80})")
            .empty());
}

TEST_CASE("every error of a value is told, each at its place", "[workflow]") {
  const char* schema =
      R"({"type": "object", "required": ["name"], "additionalProperties": false, "properties": {
    "name": {"type": "string", "minLength": 1}, "port": {"type": "integer", "minimum": 1, "maximum": 65535},
    "tags": {"type": "array", "items": {"type": "string"}, "minItems": 2}}})";
  CHECK(errors(schema, R"({"port": 0, "tags": ["a", 5, true], "prot": 1})").size() == 5);
  CHECK(errors(schema, R"({"name": ""})") == Lines{"/name: must not be empty"});
  CHECK(errors(schema, R"({"name": "a", "port": 70000})") == Lines{"/port: must be at most 65535"});
  CHECK(errors(schema, R"({"name": "a", "tags": ["a"]})") ==
        Lines{"/tags: needs at least 2 items, has 1"});
  CHECK(errors(schema, R"({"name": "a", "prot": 80})") ==
        Lines{"/prot: unknown key 'prot' (did you mean 'port'?)"});
  CHECK(errors(schema, "{}") == Lines{": 'name' is missing"});
}

TEST_CASE("a key that is not known is marked as a key", "[workflow]") {
  const Schema schema(
      json::parse(R"({"type": "object", "additionalProperties": false, "properties": {"a": {}}})"));
  const auto found = schema.check(json::parse(R"({"b": 1})"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].at_key);
  CHECK(found[0].pointer == "/b");
}

TEST_CASE("keys are escaped in pointers", "[workflow]") {
  const auto found = errors(R"({"type": "object", "additionalProperties": {"type": "integer"}})",
                            R"({"a/b~c": "x"})");
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with("/a~1b~0c: "));
}

TEST_CASE("one of several values is suggested", "[workflow]") {
  CHECK(errors(R"({"type": "object", "properties": {"type": {"enum": ["file", "sys"]}}})",
               R"({"type": "fiel"})") ==
        Lines{"/type: must be one of file, sys (did you mean 'file'?)"});
}

TEST_CASE("of alternatives the one of the value's own type explains", "[workflow]") {
  const char* schema =
      R"({"anyOf": [{"type": "string"}, {"type": "object", "required": ["from"], "properties": {"from": {"type": "string"}}}]})";
  CHECK(errors(schema, R"({})") == Lines{": 'from' is missing"});
  CHECK(errors(schema, "5").size() == 1);
}

TEST_CASE("required properties whose value comes later may be absent", "[workflow]") {
  const char* schema =
      R"({"type": "object", "required": ["a", "b"], "properties": {"a": {}, "b": {}}})";
  CHECK(errors(schema, "{}").size() == 2);
  CHECK(errors(schema, "{}", {"a"}) == Lines{": 'b' is missing"});
  CHECK(errors(schema, "{}", {"a", "b"}).empty());
}

TEST_CASE("text is no number", "[workflow]") {
  CHECK(errors(R"({"type": "integer"})", R"("80")").size() == 1);
  CHECK(errors(R"({"type": "boolean"})", R"("true")").size() == 1);
}

TEST_CASE("defaults are filled in, also in what is nested and there", "[workflow]") {
  const Schema schema(
      json::parse(R"({"properties": {"a": {"default": 1}, "b": {"default": {"c": 2}},
    "d": {"properties": {"e": {"default": 3}}}, "f": {"items": {"properties": {"g": {"default": 4}}}}}})"));
  auto value = json::parse(R"({"a": null, "d": {}, "f": [{}, {"g": 5}]})");
  schema.fill_defaults(value);
  CHECK(value ==
        json::parse(R"({"a": null, "b": {"c": 2}, "d": {"e": 3}, "f": [{"g": 4}, {"g": 5}]})"));

  json none = json::object();
  schema.fill_defaults(none);
  CHECK(none == json::parse(R"({"a": 1, "b": {"c": 2}})"));
}

TEST_CASE("text becomes what the schema asks for where that is unmistakable", "[workflow]") {
  CHECK(coerced(R"({"type": "integer"})", "8080") == 8080);
  CHECK(coerced(R"({"type": "integer"})", "-5") == -5);
  CHECK(coerced(R"({"type": "number"})", "1.5") == 1.5);
  CHECK(coerced(R"({"type": "boolean"})", "true") == true);
  CHECK(coerced(R"({"type": "boolean"})", "false") == false);
  CHECK(coerced(R"({"type": ["integer", "null"]})", "7") == 7);
}

TEST_CASE("text stays text where it may be, or where it fits nothing", "[workflow]") {
  for (const char* schema : {"{}", R"({"type": "string"})", R"({"type": ["string", "integer"]})"})
    CHECK(coerced(schema, "80") == "80");
  for (const char* text : {"", "80x", " 80", "1.5", "99999999999999999999", "0x10", "yes"}) {
    CAPTURE(text);
    CHECK(coerced(R"({"type": "integer"})", text) == text);
    CHECK(coerced(R"({"type": "boolean"})", text) == text);
  }
  CHECK(coerced(R"({"type": "boolean"})", 1) == 1);
}

TEST_CASE("what is no schema is refused", "[workflow]") {
  CHECK_THROWS_AS(Schema(json::array()), std::invalid_argument);
}

TEST_CASE("the quick look says what the validator says", "[workflow]") {
  const char* schemas[] = {
      "{}",
      R"({"type": "string", "description": "x", "x-harbor-as": "y"})",
      R"({"type": ["integer", "null"], "minimum": 2})",
      R"({"type": "number", "maximum": 2.5})",
      R"({"enum": ["a", 1, null]})",
      R"({"const": {"a": 1}})",
      R"({"anyOf": [{"type": "string", "minLength": 2}, {"type": "array"}]})",
      R"({"minLength": 2, "pattern": "^b"})",
      R"({"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2})",
      R"({"type": "object", "required": ["a"], "additionalProperties": false,
          "properties": {"a": {"type": "string"}, "b": {"items": {"enum": [1]}}}})",
      R"({"additionalProperties": {"type": "boolean"}, "properties": {"a": {}}})"};
  const char* values[] = {"null",
                          "true",
                          "1",
                          "2",
                          "2.0",
                          "2.5",
                          "-3",
                          "\"a\"",
                          "\"b\"",
                          "[]",
                          "[1]",
                          "[1, 2]",
                          "[1, 2, 3]",
                          "[\"a\"]",
                          "{}",
                          R"({"a": 1})",
                          R"({"a": "x"})",
                          R"({"a": "x", "b": [1]})",
                          R"({"a": "x", "b": [2]})",
                          R"({"a": "x", "c": true})",
                          R"({"c": 1})"};
  for (const char* schema : schemas)
    for (const char* value : values) {
      INFO(schema << " " << value);
      // What is wrapped goes to the validator at once.
      const std::string wrapped = std::string(R"({"allOf": [)") + schema + "]}";
      CHECK(errors(schema, value).empty() == errors(wrapped.c_str(), value).empty());
    }
  CHECK_THROWS_AS(Schema(json::parse(R"({"type": "int"})")), std::invalid_argument);
  CHECK_THROWS_AS(Schema(json::parse(R"({"properties": {"a": {"required": 1}}})")),
                  std::invalid_argument);
}
