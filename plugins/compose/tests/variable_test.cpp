#include "variable.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace harbor::compose;

namespace {

std::optional<std::string> value_of(const std::string& name) {
  static const std::map<std::string, std::string> values = {
      {"A", "1"}, {"EMPTY", ""}, {"_b2", "two"}};
  auto at = values.find(name);
  return at == values.end() ? std::nullopt : std::optional(at->second);
}

std::string said(std::string_view text) { return substituted(text, value_of).value_or("?"); }

}  // namespace

TEST_CASE("variables are replaced by Compose's grammar", "[variable]") {
  CHECK(said("$A-${A}/$_b2") == "1-1/two");
  CHECK(said("${NO:-x}${NO-y}${EMPTY:-z}${EMPTY-w}") == "xyz");
  CHECK(said("${A:+set}${NO+set}${EMPTY:+set}${EMPTY+set}") == "setset");
  CHECK(said("${NO:-${A:-q}${NO-r}}") == "1r");
  CHECK(said("$$A costs $5 and 5$") == "$A costs $5 and 5$");
  CHECK(said("${NO}") == "?");
  CHECK(said("${EMPTY:?needed}") == "?");
  CHECK(said("${EMPTY?needed}").empty());
  CHECK(said("${A") == "?");
  CHECK(said("${}") == "?");
}

TEST_CASE("the uses of variables are found, those of defaults too", "[variable]") {
  const auto uses = variables_in("${A:-${B}}:$C:$$D:${E:?say so}");
  REQUIRE(uses.size() == 4);
  CHECK(uses[0].name == "A");
  CHECK(uses[0].mark == ":-");
  CHECK(uses[1].name == "B");
  CHECK(uses[2].name == "C");
  CHECK(uses[3].mark == ":?");
  CHECK(uses[3].rest == "say so");
}
