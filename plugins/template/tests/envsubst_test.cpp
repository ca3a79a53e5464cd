#include "envsubst.hpp"

#include <catch2/catch.hpp>
#include <harbor/error.hpp>

#include "expander.hpp"

using namespace harbor;
using namespace harbor::templating;

namespace {

std::string show(std::string_view text, SubstituteOptions options = {}) {
  options.file = "t.conf";
  const Lookup lookup = [](std::string_view name) -> std::optional<std::string> {
    if (name == "A") return "alpha";
    if (name == "E") return "";
    if (name == "R") return "$A ${A}";
    return std::nullopt;
  };
  return substitute(text, lookup, test::expand, options);
}

Error error_of(std::string_view text, const SubstituteOptions& options = {}) {
  CAPTURE(text);
  try {
    show(text, options);
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  return Error(0, "", "");
}

}  // namespace

TEST_CASE("variables of a file are replaced, once", "[template]") {
  CHECK(show("$A ${A} ${E} ${X:-d} ${E:-e}${A:+x}") == "alpha alpha  d ex");
  CHECK(show("$R") == "$A ${A}");
  CHECK(show("cost: 5$ $$A ^x$") == "cost: 5$ $A ^x$");
}

TEST_CASE("a list restricts what is replaced", "[template]") {
  CHECK(show("$A $host ${request_uri:-x} ${X} ${!y}", {.only = {{"A"}}}) ==
        "alpha $host ${request_uri:-x} ${X} ${!y}");
  CHECK(error_of("$X", {.only = {{"X"}}}).code == "template.missing_variable");
}

TEST_CASE("a variable that is not set is an error unless strict is off", "[template]") {
  const Error error = error_of("a\nb ${X}\n");
  CHECK(error.code == "template.missing_variable");
  CHECK(error.message == "'X' is not set");
  CHECK(error.hint == "set it in an env file or under values.extra, or write ${X:-default}");
  CHECK(error.labels.at(0) == Label{"t.conf", 2, 3, 4, ""});
  CHECK(show("a${X}b", {.is_strict = false}) == "ab");
}

TEST_CASE("mistakes point at their place", "[template]") {
  CHECK(error_of("x\n${A!}").code == "template.syntax");
  CHECK(error_of("x\n${A!}").labels.at(0) == Label{"t.conf", 2, 1, 4, ""});
  CHECK(error_of("${X:?set X}").code == "template.missing_variable");
  CHECK(error_of("${X:?set X}").message == "required variable X is missing a value: set X");
}

TEST_CASE("the program's own language knows names, and nothing else", "[template]") {
  const auto plain = [](std::string_view text) {
    return substitute_names(text, [](std::string_view name) {
      return name == "A" ? std::optional<std::string>("$B") : std::nullopt;
    });
  };
  CHECK(plain("") == "");
  CHECK(plain("$A ${A} $A1 x$A.y ${A}A") == "$B $B  x$B.y $BA");
  CHECK(plain("$$A $$ $ ${A:-x} ${A ${} $1 ${1} ^a$ $\"") ==
        "$$B $$ $ ${A:-x} ${A ${} $1 ${1} ^a$ $\"");
  CHECK(plain("${A") == "${A");
  CHECK(plain("[$MISSING]") == "[]");
}
