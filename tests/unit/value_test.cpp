#include "document/value.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "document/scalar.hpp"
#include "document/yaml.hpp"

using namespace harbor::document;
using nlohmann::json;

namespace {

const Sources sources = {{}, {"harbor.yaml", "project"}};

Value parse(std::string_view text) { return parse_yaml(text, 1, sources).value; }

}  // namespace

TEST_CASE("plain scalars have the kinds of the core schema", "[document]") {
  const auto [kind, texts] = GENERATE(table<Kind, std::vector<std::string>>({
      {Kind::null, {"", "~", "null", "Null", "NULL"}},
      {Kind::boolean, {"true", "True", "TRUE", "false", "False", "FALSE"}},
      {Kind::integer,
       {"0", "-0", "+12", "-19", "007", "0o17", "0x1F", "0xdeadBEEF", "99999999999999999999"}},
      {Kind::number,
       {"0.", "-0.0", ".5", "+.5", "1.", "1e3", "+12e03", "-2E+05", "6.8523015e+5", ".inf", "-.Inf",
        "+.INF", ".nan", ".NaN", ".NAN"}},
      {Kind::string, {"yes",  "on",    "No",    "OFF", "nULL", "tRUE", "0b1", "0o8",   "0x",
                      "-0x1", "+",     "-",     ".",   "e3",   "1e",   "1e+", "1_000", "1:30",
                      ".Nan", "-.nan", "1.2.3", "0o",  "~~",   " 1",   "inf", "١"}},
  }));
  for (const std::string& text : texts) {
    CAPTURE(text);
    CHECK(to_string(kind_of(text)) == to_string(kind));
  }
}

TEST_CASE("numbers are what they say", "[document]") {
  const auto [text, expected] = GENERATE(table<std::string, json>({
      {"+12", 12},
      {"-19", -19},
      {"007", 7},
      {"0o17", 15},
      {"0x1F", 31},
      {"9223372036854775807", INT64_MAX},
      {"-9223372036854775808", INT64_MIN},
      {"18446744073709551615", UINT64_MAX},
      {"18446744073709551616", 18446744073709551616.0},
      {"-9223372036854775809", -9223372036854775809.0},
      {"0x10000000000000000", 18446744073709551616.0},
      {"0o4000000000000000000000", 36893488147419103232.0},
      {".5", 0.5},
      {"+1.", 1.0},
      {"1e3", 1000.0},
      {"-2E-2", -0.02},
      {"1e999", HUGE_VAL},
      {"-1e999", -HUGE_VAL},
      {"1e-999", 0.0},
      {".inf", HUGE_VAL},
      {"-.INF", -HUGE_VAL},
  }));
  CAPTURE(text);
  const json number = number_of(text);
  CHECK(number == expected);
  CHECK(number.is_number_float() == expected.is_number_float());
  CHECK(std::isnan(number_of(".nan").get<double>()));
}

TEST_CASE("a value becomes JSON", "[document]") {
  CHECK(to_json(parse("a: [1, 2.5, yes, 'no', true, FALSE, ~]\nb: {}\nc: []\n")) ==
        json::parse(R"({"a":[1,2.5,"yes","no",true,false,null],"b":{},"c":[]})"));
  CHECK(parse("a: 0x1F").find("a")->text == "0x1F");
}

TEST_CASE("members are found by key", "[document]") {
  Value value = parse("a: 1\nb: 2\n");
  CHECK(value.find("b")->text == "2");
  CHECK(value.find("c") == nullptr);
  value.find("a")->text = "3";
  CHECK(to_json(value) == json{{"a", 3}, {"b", 2}});
  CHECK(parse("[a]").find("a") == nullptr);
}

TEST_CASE("a pointer leads to the value or as near as there is", "[document]") {
  const Value root = parse("a: {b: [x, {c: 1}]}\n'k/~': 2\n'': 3\n");
  const auto [pointer, expected] = GENERATE(table<std::string, std::string>({
      {"/a/b/0", "\"x\""},
      {"/a/b/1/c", "1"},
      {"/k~1~0", "2"},
      {"/", "3"},
      {"/a/b/2", R"(["x",{"c":1}])"},
      {"/a/b/-", R"(["x",{"c":1}])"},
      {"/a/b/01", R"(["x",{"c":1}])"},
      {"/a/b/99999999999999999999", R"(["x",{"c":1}])"},
      {"/a/b/1/d/e", R"({"c":1})"},
      {"/a/b/0/x", "\"x\""},
  }));
  CAPTURE(pointer);
  CHECK(to_json(nearest(root, pointer)).dump() == expected);
  CHECK(&nearest(root, "") == &root);
  CHECK(&nearest(root, "/nothing") == &root);
  CHECK(&nearest(root, "no pointer") == &root);
}

TEST_CASE("a mark becomes a span of its source", "[document]") {
  CHECK(to_span({1, 2, 3, 4}, sources) == harbor::report::Span{"harbor.yaml", 2, 3, 4});
  CHECK(to_span({}, sources) == harbor::report::Span{});
  CHECK(to_span({7, 1, 1, 1}, sources) == harbor::report::Span{});
  CHECK(sizeof(Mark) == 16);
}
