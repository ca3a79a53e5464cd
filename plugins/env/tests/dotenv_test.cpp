#include "dotenv.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <harbor/env_file.hpp>
#include <random>

#include "reading.hpp"
#include "row.hpp"

using namespace harbor;
using namespace harbor::env;
using test::Map;

namespace {

const Map host = {{"HOST_ONE", "one"}};

Dotenv parse(std::string_view text, bool is_secret = false) {
  return parse_dotenv(text, {.file = "e.env",
                             .expand = test::expand,
                             .is_secret = is_secret,
                             .environment = test::lookup_in(host)});
}

Error error_of(std::string_view text, bool is_secret = false) {
  CAPTURE(text);
  try {
    parse(text, is_secret);
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  return Error(0, "", "");
}

Warning only_warning(std::string_view text, bool is_secret = false) {
  CAPTURE(text);
  const auto warnings = parse(text, is_secret).warnings;
  REQUIRE(warnings.size() == 1);
  return warnings.front();
}

Variables random_variables(std::mt19937& random) {
  static const std::vector<std::string> parts = {
      "a",   " ",  "  ",   "#",        " #",   "'",    "\"",   "\\",     "\\\\", "$",
      "$$",  "${", "}",    "\n",       "\r",   "\t",   "=",    "\\n",    "\\'",  "\\\"",
      "\\$", "$A", "${A}", "\xC3\xA9", "\xFF", "\x01", "\x7F", "\\0101", ":"};
  const auto pick = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  Variables variables;
  for (std::size_t i = 0, n = pick(6); i < n; ++i) {
    std::string value;
    for (std::size_t j = 0, m = pick(9); j < m; ++j) value += parts[pick(parts.size())];
    variables.emplace_back("K" + std::to_string(i), std::move(value));
  }
  return variables;
}

Variables read_back(const std::string& text) {
  Variables variables;
  for (const Assignment& assignment : parse(text).assignments)
    variables.emplace_back(assignment.key, assignment.value);
  return variables;
}

}  // namespace

TEST_CASE("an env file reads as Compose reads it", "[env]") {
  for (const test::Row& row : test::rows()) {
    CAPTURE(row.name, row.text);
    const Map map = test::read(row.text, host);
    const auto found = map.find("A");
    CHECK((found == map.end() ? std::nullopt : std::optional(found->second)) == row.value);
  }
}

TEST_CASE("what Compose refuses is refused with a code", "[env]") {
  for (const test::BadRow& row : test::bad_rows()) {
    const Error error = error_of(row.text);
    CAPTURE(row.text, error.message);
    CHECK(error.code == row.code);
    CHECK(error.status == HARBOR_E_INPUT);
    CHECK_FALSE(error.hint.empty());
    REQUIRE(error.labels.size() == 1);
    CHECK(error.labels[0].file == "e.env");
    CHECK(error.labels[0].line > 0);
  }
}

TEST_CASE("an error points at the bytes that are wrong", "[env]") {
  Error error = error_of("OK=1\nA+B=x\n");
  CHECK(error.message == "'+' is not allowed in the name of a variable");
  CHECK(error.labels[0] == Label{"e.env", 2, 2, 1, ""});

  error = error_of("A='a\nb'\nB=\"\\t${C!}\"\n");
  CHECK(error.message == "'${C!' has no operator known here (:- - :? ? :+ +)");
  CHECK(error.hint == "write $$ for a dollar sign, or use single quotes");
  CHECK(error.labels[0] == Label{"e.env", 3, 6, 4, ""});

  error = error_of("A=x ${B:?set B}\n");
  CHECK(error.message == "required variable B is missing a value: set B");
  CHECK(error.labels[0] == Label{"e.env", 1, 5, 11, ""});

  error = error_of("A=1\nB= 'x\n");
  CHECK(error.message == "the quote is not closed");
  CHECK(error.hint == "close it with '");
  CHECK(error.labels[0] == Label{"e.env", 2, 4, 1, ""});

  error = error_of("A b=1\n");
  CHECK(error.message == "the name of a variable cannot contain a space");
  CHECK(error.labels[0] == Label{"e.env", 1, 1, 3, ""});

  error = error_of(std::string_view("A=x\0y\n", 6));
  CHECK(error.code == "env.nul_byte");
  CHECK(error.message == "the file holds a NUL byte");
  CHECK(error.labels[0] == Label{"e.env", 1, 4, 1, ""});
}

TEST_CASE("an unset reference is a warning that points at it", "[env]") {
  Warning warning = only_warning("A=pa$word\n");
  CHECK(warning.code == "env.unset_reference");
  CHECK(warning.message == "'word' is not set and counts as empty");
  CHECK(warning.label == Label{"e.env", 1, 5, 5, ""});
  CHECK(only_warning("A=\"\\n\\\"x${word}\"\n").label == Label{"e.env", 1, 9, 7, ""});
  CHECK(only_warning("A=\"x\ny$word\"\n").label == Label{"e.env", 2, 2, 5, ""});
  CHECK(parse("A=${word:-} '$word' $$word\nB='$word'\n").warnings.size() == 1);
  CHECK(parse("A=${word-}\nB='$word'\nC=$$word\nD=\"\\$word\"\n").warnings.empty());
}

TEST_CASE("text after a closing quote is a warning", "[env]") {
  for (const char* text : {"A=\"b\"c\n", "A=\"b\"c", "A='b'c=d\n", "A='b' c=d # e\n"}) {
    const Warning warning = only_warning(text);
    CHECK(warning.code == "env.text_after_quote");
    CHECK(warning.message == "text after a closing quote is not part of the value");
    CHECK(warning.label.line == 1);
  }
  CHECK(only_warning("A=\"b\"cd\nE=1\n").label == Label{"e.env", 1, 6, 2, ""});
  CHECK(parse("A=\"b\" # c\nB='d'\r\n\nC=e\n").warnings.empty());
}

TEST_CASE("a line without effect is a warning", "[env]") {
  CHECK(only_warning("=x\n").code == "env.no_name");
  CHECK(only_warning("A=1\nB").code == "env.no_name");
  CHECK(only_warning("A=1\nB").message == "this line names no variable and has no effect");
  CHECK(only_warning("A=1\nB").label == Label{"e.env", 2, 1, 1, ""});
  CHECK(only_warning("B\nA=1\n").code == "env.not_inherited");
  CHECK(only_warning("B\nA=1\n").message ==
        "'B' has no value here and the environment has none for it");
  CHECK(parse("HOST_ONE\n").warnings.empty());
}

TEST_CASE("every assignment knows its place and what it was made from", "[env]") {
  const auto found = parse("# c\n  A=1\nexport B=$A${HOST_ONE}\nHOST_ONE\nA='2'").assignments;
  REQUIRE(found.size() == 4);
  CHECK(found[0] == Assignment{"A", "1", 2, 3, false, {}});
  CHECK(found[1] == Assignment{"B", "1one", 3, 8, false, {"A", "HOST_ONE"}});
  CHECK(found[2] == Assignment{"HOST_ONE", "one", 4, 1, true, {"HOST_ONE"}});
  CHECK(found[3] == Assignment{"A", "2", 5, 1, false, {}});
}

TEST_CASE("earlier files are seen, but the file's own lines and the host come first", "[env]") {
  const Map earlier = {{"E", "earlier"}, {"OWN", "earlier"}, {"HOST_ONE", "earlier"}};
  const auto file =
      parse_dotenv("OWN=own\nA=$E $OWN $HOST_ONE\nE\n", {.file = "e.env",
                                                         .expand = test::expand,
                                                         .environment = test::lookup_in(host),
                                                         .earlier = test::lookup_in(earlier)});
  REQUIRE(file.assignments.size() == 2);
  CHECK(file.assignments[1].value == "earlier own one");
}

TEST_CASE("no message quotes a secret file", "[env]") {
  const std::string pieces[] = {"hunter", "MIIEvQ", "!x"};
  const auto check = [&](const std::string& text) {
    for (const auto& piece : pieces) {
      CAPTURE(text);
      CHECK(text.find(piece) == std::string::npos);
    }
  };
  for (const char* text : {"A=\"x\"hunter\n", "A=pa$hunter\n", "MIIEvQ\n", "A=1\nMIIEvQ"}) {
    const Warning warning = only_warning(text, true);
    check(warning.message + warning.hint + warning.label.text);
  }
  for (const char* text :
       {"A=${hunter!x}\n", "A=${U:?hunter}\n", "MIIEvQ+!x\n", "A='hunter\n", "MIIEvQ hunter=\n"}) {
    const Error error = error_of(text, true);
    check(error.message + error.hint + error.labels[0].text);
  }
  CHECK(error_of("A=${hunter!x}\n", true).message ==
        "this value holds a reference that cannot be resolved");
  CHECK(error_of("M+=\n", true).message == "this is not allowed in the name of a variable");
}

TEST_CASE("what is written reads back the same", "[env]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    const Variables variables = random_variables(random);
    const std::string text = write_env_file(variables);
    if (read_back(text) == variables && parse(text).warnings.empty()) continue;
    CAPTURE(text);
    FAIL_CHECK("read back differently");
    break;
  }
  SUCCEED();
}

TEST_CASE("values that double with every line are stopped", "[env]") {
  std::string text = "A=xxxxxxxx\n";
  for (int i = 0; i < 64; ++i) text += "A=$A$A\n";
  const Error error = error_of(text);
  CHECK((error.code == "env.too_large" || error.code == "env.bad_reference"));
  std::string wide = "A='" + std::string(1 << 16, 'x') + "'\n";
  for (int i = 0; i < 10'000; ++i) wide += "B" + std::to_string(i) + "=$A\n";
  CHECK(error_of(wide).code == "env.too_large");
}

TEST_CASE("time grows linearly with the file", "[env]") {
  for (const char* part :
       {"A=x\n", "A=\"", "A='x'B", "\n", " ", "A\n", "${A", "#", "A=  ", "\xE2\x80\x83"}) {
    std::string text = "A=";
    while (text.size() < 1'000'000) text += part;
    const auto start = std::chrono::steady_clock::now();
    try {
      parse(text);
    } catch (const Error&) {
    }
    CAPTURE(part);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
  }
}

TEST_CASE("of many mistakes of a kind some are told, and how many there are", "[env]") {
  std::string text;
  for (int i = 0; text.size() < 1'000'000; ++i) text += "A" + std::to_string(i) + "=$B${C}\n";
  const auto lines = std::count(text.begin(), text.end(), '\n');
  const auto warnings = parse(text).warnings;
  REQUIRE(warnings.size() == 21);
  CHECK(warnings[19].label.line == 10);
  CHECK(warnings[20].code == "env.unset_reference");
  CHECK(parse(std::string(2000, 'A') + "\n=b\n" + text).warnings.size() == 23);
  CHECK(warnings[20].message.starts_with(std::to_string(2 * lines - 20) + " more places"));
}
