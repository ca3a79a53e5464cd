#include "document/condition.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "growth.hpp"

using namespace harbor::document;

namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

const Variables variables_of_test = {{"ON", "true"},
                                     {"OFF", "false"},
                                     {"EMPTY", ""},
                                     {"NAME", "webui"},
                                     {"SPACES", "a b"},
                                     {"CODE", "x || true"},
                                     {"steps.build.image", "app:1"}};

std::optional<std::string> lookup(std::string_view name) {
  const auto found = variables_of_test.find(name);
  return found == variables_of_test.end() ? std::nullopt : std::optional(found->second);
}

/// "true", "false" or "OFFSET+LENGTH error".
std::string result(std::string_view expression) {
  const Condition condition = evaluate(expression, lookup);
  if (condition.error.empty()) return condition.value ? "true" : "false";
  CHECK_FALSE(condition.value);
  CHECK(condition.offset + condition.length <= expression.size());
  return std::to_string(condition.offset) + "+" + std::to_string(condition.length) + " " +
         condition.error;
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("what holds", "[document]") {
  const auto expression = GENERATE(
      as<std::string>(), "true", "yes", "1", "x", "'x'", "\"x\"", "' '", "${ON}", "$ON", "!${OFF}",
      "! ${OFF}", "!!${ON}", "!${UNSET}", "${NAME} == webui", "webui==$NAME", "${NAME}==webui",
      "'${NAME}' == \"webui\"", "${NAME} != other", "${NAME}!=other", "${SPACES} == 'a b'",
      "a && b", "a&&b", "'' || b", "a || b && ''", "(a || b) && c", "!('' || '')", "!('' ) && a",
      "a == a && b == b", "${UNSET:-yes}", "${UNSET:-a || b}", "${UNSET:-a b} == 'a b'",
      "${steps.build.image} == app:1", "pre-${NAME}.x == pre-webui.x", "(${NAME}) == webui",
      "(a == a) == true", "!a == false || true", "a=b", "a&b", "$$ == '$$'", "\n a\t",
      "${EMPTY} == ''", "${UNSET} == \"\"", "http://x/?a=b == http://x/?a=b");
  CAPTURE(expression);
  CHECK(result(expression) == "true");
}

TEST_CASE("what does not hold", "[document]") {
  const auto expression =
      GENERATE(as<std::string>(), "false", "False", "FALSE", "0", "no", "NO", "off", "Off", "''",
               "\"\"", "${OFF}", "${EMPTY}", "${UNSET}", "!x", "!${ON}", "!!no", "a && ''",
               "'' && a || no", "${NAME} == other", "${NAME} != webui", "(false)", "!(a || b)",
               "a == b", "A == a", "!a == a");
  CAPTURE(expression);
  CHECK(result(expression) == "false");
}

TEST_CASE("a value is never read as an expression", "[document]") {
  CHECK(result("${CODE} == 'x || true'") == "true");
  CHECK(result("'${CODE}' == x") == "false");
  CHECK(evaluate("${A}", [](std::string_view) {
          return std::optional<std::string>("false || true");
        }).value);
  CHECK(evaluate("${A} == '${B}'", [](std::string_view) {
          return std::optional<std::string>("${B}");
        }).value);
}

TEST_CASE("a decided side is not looked up", "[document]") {
  CHECK(result("'' && ${UNSET:?why}") == "false");
  CHECK(result("a || ${UNSET:?why}") == "true");
  CHECK(result("(a || ${UNSET:?why}) && b") == "true");
  CHECK(result("a && ${UNSET:?why}") == "5+13 required variable UNSET is missing a value: why");
}

TEST_CASE("errors of an expression say where", "[document]") {
  const auto [expression, expected] = GENERATE(table<std::string, std::string>({
      {"", "0+0 the expression is empty"},
      {"  ", "0+2 the expression is empty"},
      {"a &&", "4+0 expected a value at the end"},
      {"a ==", "4+0 expected a value at the end"},
      {"!", "1+0 expected a value at the end"},
      {"&& a", "0+2 expected a value, not '&&'"},
      {"a || || b", "5+2 expected a value, not '||'"},
      {"a b", "2+1 expected '&&', '||', '==' or '!=', not 'b'"},
      {"a & b", "2+1 expected '&&', '||', '==' or '!=', not '&'"},
      {"a = b", "2+1 expected '&&', '||', '==' or '!=', not '='"},
      {"a == b == c", "7+2 comparisons do not chain, not '=='"},
      {"(a", "0+1 this bracket is never closed"},
      {"(a b)", "3+1 expected ')', '&&', '||', '==' or '!=', not 'b'"},
      {"()", "1+1 expected a value, not ')'"},
      {"a)", "1+1 expected '&&', '||', '==' or '!=', not ')'"},
      {"a == 'b", "5+1 this quotation mark is never closed"},
      {"\"a", "0+1 this quotation mark is never closed"},
      {"a == !b", "5+2 expected a value, not '!b'"},
      {"a 'b'", "2+3 expected '&&', '||', '==' or '!=', not ''b''"},
  }));
  CAPTURE(expression);
  CHECK(result(expression) == expected);
}

TEST_CASE("a malformed reference is an error wherever it stands", "[document]") {
  for (const char* expression : {"a == ${", "a || ${A", "a || '${A:~x y}'", "(b || ${1})"}) {
    CAPTURE(expression);
    const Condition condition = evaluate(expression, lookup);
    CHECK_FALSE(condition.error.empty());
    CHECK(expression[condition.offset] == '$');
    const ConditionNames names = names_in(expression);
    REQUIRE(names.error);
    CHECK(names.error->error == condition.error);
    CHECK(names.error->offset == condition.offset);
  }
}

TEST_CASE("the names of an expression", "[document]") {
  const ConditionNames names =
      names_in("${A} && $B == '${steps.x.out:-${C}}' || ${A:?needed} || $$D");
  CHECK_FALSE(names.error);
  CHECK(names.names == std::vector<std::string>{"A", "B", "steps.x.out", "C"});
  const ConditionNames broken = names_in("${A} &&");
  REQUIRE(broken.error);
  CHECK(broken.error->error == "expected a value at the end");
  CHECK(broken.error->offset == 7);
  CHECK(broken.names == std::vector<std::string>{"A"});
}

TEST_CASE("brackets nest 32 levels deep", "[document]") {
  CHECK(result(repeat("(", 32) + "a" + repeat(")", 32)) == "true");
  CHECK(result(repeat("(", 33) + "a" + repeat(")", 33)) ==
        "32+1 brackets nest deeper than 32 levels");
  CHECK(result(repeat("(a) && ", 100) + "b") == "true");
}

TEST_CASE("long expressions take linear time", "[document]") {
  // A unit that is repeated, and what stands behind the last one.
  const auto [unit, last] = GENERATE(table<std::string, std::string>({{"!", "a"},
                                                                      {"a || ", "a"},
                                                                      {"(", ""},
                                                                      {"${A:-", ""},
                                                                      {"${NAME} && ", "a"},
                                                                      {"'", ""},
                                                                      {"x", ""}}));
  CAPTURE(unit);
  CHECK(growth(20'000, [&, unit = unit, last = last](std::size_t times) {
          const std::string expression = repeat(unit, times) + last;
          (void)evaluate(expression, lookup);
          (void)names_in(expression);
        }) < 1.75);
}

TEST_CASE("comparisons hang on variables that may be unset", "[document]") {
  const auto compared = [](std::string_view expression) {
    std::string names;
    for (const auto& variable : names_in(expression).compared) names += variable.name + " ";
    return names;
  };
  CHECK(compared("${A} == 1") == "A ");
  CHECK(compared("1 != 'x$A' && (${B}) == ${C}") == "A B C ");
  CHECK(compared("${A} || !${B}").empty());
  CHECK(compared("${A:-x} == 1 || ${B:?why} == 1").empty());
  CHECK(compared("${A} == '' && \"\" != ${B}").empty());
  CHECK(compared("${A} == 1 && ${B}") == "A ");
}
