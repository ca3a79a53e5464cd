#include "document/interpolation.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "growth.hpp"

using namespace harbor::document;

namespace {

using Kind = InterpolationError::Kind;

const std::map<std::string, std::string, std::less<>> values = {
    {"FOO", "first"}, {"BAR", "second"}, {"EMPTY", ""},        {"DOLLAR", "${FOO}"},
    {"_x1", "low"},   {"foo", "small"},  {"steps.up.URL", "u"}};

std::optional<std::string> lookup(std::string_view name) {
  const auto found = values.find(name);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

Interpolation run(std::string_view text, Names names = Names::plain, Words words = Words::lazy) {
  return interpolate(text, lookup, {.names = names, .words = words});
}

struct Row {
  std::string text;
  std::string value;
};

void check(const Row& row, Names names = Names::plain) {
  CAPTURE(row.text);
  const Interpolation result = run(row.text, names);
  CAPTURE(result.error ? result.error->message : "");
  REQUIRE_FALSE(result.error);
  CHECK(result.text == row.value);
  CHECK(run(row.text, names, Words::eager).text == row.value);
}

Kind kind_of(std::string_view text, Words words = Words::lazy) {
  CAPTURE(text);
  const Interpolation result = run(text, Names::plain, words);
  REQUIRE(result.error);
  CHECK(result.text.empty());
  CHECK(result.error->offset + result.error->length <= text.size());
  return result.error->kind;
}

std::string nested(std::size_t depth) {
  std::string text = "x";
  for (std::size_t i = 0; i < depth; ++i) text = "${UNSET:-" + text + "}";
  return text;
}

}  // namespace

TEST_CASE("a name is replaced by its value, with and without braces", "[document]") {
  for (const Row& row : {Row{"", ""},
                         {"plain", "plain"},
                         {"$FOO", "first"},
                         {"${FOO}", "first"},
                         {"a${FOO}b$BAR", "afirstbsecond"},
                         {"$FOO-bar", "first-bar"},
                         {"$FOO.txt", "first.txt"},
                         {"${FOO}${BAR}", "firstsecond"},
                         {"$_x1 ${_x1}", "low low"},
                         {"$foo", "small"},
                         {"$EMPTY.", "."},
                         {"${FOO} }", "first }"}})
    check(row);
}

TEST_CASE("a dollar sign before anything else stays", "[document]") {
  for (const Row& row : {Row{"$", "$"},
                         {"a$", "a$"},
                         {"$ FOO", "$ FOO"},
                         {"$}", "$}"},
                         {"^REGEX$", "^REGEX$"},
                         {"$1", "$1"},
                         {"$(echo hi)", "$(echo hi)"},
                         {"$$", "$"},
                         {"$$FOO", "$FOO"},
                         {"$${FOO}", "${FOO}"},
                         {"$$$FOO", "$first"},
                         {"$$$$", "$$"},
                         {"$-$+$?", "$-$+$?"}})
    check(row);
}

TEST_CASE("defaults, alternates and messages follow POSIX", "[document]") {
  for (const Row& row : {Row{"${FOO:-d}", "first"},
                         {"${FOO-d}", "first"},
                         {"${EMPTY:-d}", "d"},
                         {"${EMPTY-d}", ""},
                         {"${UNSET:-d}", "d"},
                         {"${UNSET-d}", "d"},
                         {"${UNSET:-}", ""},
                         {"${FOO:+alt}", "alt"},
                         {"${FOO+alt}", "alt"},
                         {"${EMPTY:+alt}", ""},
                         {"${EMPTY+alt}", "alt"},
                         {"${UNSET:+alt}", ""},
                         {"${UNSET+alt}", ""},
                         {"${FOO:?m}", "first"},
                         {"${FOO?m}", "first"},
                         {"${EMPTY?m}", ""}})
    check(row);
}

TEST_CASE("the first operator decides", "[document]") {
  for (const Row& row : {Row{"${UNSET-myerror?msg}", "myerror?msg"},
                         {"${UNSET:-a:-b}", "a:-b"},
                         {"${UNSET:--5}", "-5"},
                         {"${UNSET-:?x}", ":?x"},
                         {"${FOO:+a-b}", "a-b"},
                         {"${FOO?a-b+c}", "first"},
                         {"${UNSET-http://h:1/?q=1}", "http://h:1/?q=1"}})
    check(row);
}

TEST_CASE("words are interpolated in turn, values never", "[document]") {
  for (const Row& row : {Row{"${UNSET:-$BAR}", "second"},
                         {"${UNSET:-${BAR}}", "second"},
                         {"${UNSET:-${UNSET2-x}}", "x"},
                         {"${UNSET:-a${BAR:-z}b}c", "asecondbc"},
                         {"${FOO:+${UNSET:-${BAR:+deep}}}", "deep"},
                         {"${UNSET:-$$x}", "$x"},
                         {"${UNSET:-a$}", "a$"},
                         {"$DOLLAR", "${FOO}"},
                         {"${DOLLAR:-x}", "${FOO}"},
                         {"${UNSET:-$DOLLAR}", "${FOO}"},
                         {"${UNSET:-d} and ${FOO:-e} and }", "d and first and }"},
                         {"${UNSET:-a}\n${UNSET:-b}", "a\nb"}})
    check(row);
}

TEST_CASE("braces in a word are counted as Compose counts them", "[document]") {
  for (const Row& row : {Row{"${UNSET:-{}}", "{}"},
                         {"${UNSET:-{a}}", "{a}"},
                         {"${UNSET:-{\"k\":1}}", "{\"k\":1}"},
                         {"${UNSET:-{\"k\":{\"l\":1}}}", "{\"k\":{\"l\":1}}"}})
    check(row);
  CHECK(kind_of("${UNSET:-{}} and ${FOO:-x}") == Kind::syntax);
}

TEST_CASE("a malformed reference is a syntax error", "[document]") {
  for (const char* text :
       {"${",    "a${",    "${}",           "${ }",        "${ foo}",    "${foo }",      "${foo!}",
        "${1}",  "${foo",  "${foo:}",       "${foo:x}",    "${foo:-bar", "${foo:-a\nb}", "${-x}",
        "${.a}", "${a.b}", "${UNSET:-${}}", "${FOO:-${}}", "${$FOO}",    "${foo:"})
    CHECK(kind_of(text) == Kind::syntax);
}

TEST_CASE("an error says where it is and what is wrong", "[document]") {
  CHECK(*run("ab ${foo!} c").error ==
        InterpolationError{Kind::syntax, 3, 6, "foo",
                           "'${foo!' has no operator known here (:- - :? ? :+ +)"});
  CHECK(*run("ab ${foo:-x\ny}").error ==
        InterpolationError{Kind::syntax, 3, 8, "foo", "'${foo:-x' is not closed on its line"});
  CHECK(*run("${}").error ==
        InterpolationError{Kind::syntax, 0, 3, "",
                           "'${}' does not start with the name of a variable"});
  CHECK(*run("a ${UNSET:?set ${FOO}}").error ==
        InterpolationError{Kind::required, 2, 20, "UNSET",
                           "required variable UNSET is missing a value: set first"});
  CHECK(*run("${EMPTY:?}").error ==
        InterpolationError{Kind::required, 0, 10, "EMPTY",
                           "required variable EMPTY is missing a value"});
}

TEST_CASE("an unused word is checked but not looked up unless words are eager", "[document]") {
  CHECK(run("${FOO:-${UNSET:?no}}").text == "first");
  CHECK(run("${FOO:?${UNSET:?no}}").text == "first");
  CHECK(run("${UNSET:+${UNSET:?no}}").text.empty());
  CHECK(kind_of("${FOO:-${UNSET:?no}}", Words::eager) == Kind::required);
  CHECK(kind_of("${UNSET:+${UNSET:?no}}", Words::eager) == Kind::required);
  CHECK(kind_of("${FOO:-${!}}") == Kind::syntax);
  CHECK(run("${FOO:-$UNSET}").unset.empty());
  CHECK(run("${FOO:-$UNSET}", Names::plain, Words::eager).unset.empty());
}

TEST_CASE("a variable that is not set and has no default is reported", "[document]") {
  const Interpolation result = run("a$UNSET b${GONE} ${UNSET:-$OTHER} ${EMPTY} ${UNSET:-}");
  CHECK(result.text == "a b   ");
  CHECK(result.unset ==
        std::vector<UnsetVariable>{{1, 6, "UNSET"}, {9, 7, "GONE"}, {26, 6, "OTHER"}});
}

TEST_CASE("dotted names need braces and the option", "[document]") {
  check({"${steps.up.URL} ${steps.up.PORT:-80}", "u 80"}, Names::dotted);
  check({"$steps.up.URL", ".up.URL"}, Names::dotted);
  check({"${FOO}", "first"}, Names::dotted);
  CHECK_FALSE(run("${steps.each.results.0.x}", Names::dotted).error);
  for (const char* text : {"${steps.}", "${steps..x}", "${.x}", "${1.x}"}) {
    CAPTURE(text);
    CHECK(run(text, Names::dotted).error);
  }
  CHECK(kind_of("${steps.up.URL}") == Kind::syntax);
}

TEST_CASE("with a list of names everything else stays as it is", "[document]") {
  const auto only_foo = [](std::string_view text) {
    return interpolate(text, lookup, {.only = [](std::string_view name) { return name == "FOO"; }});
  };
  CHECK(only_foo("$FOO $BAR ${BAR:-$FOO} ${UNSET} ${!x} ${ $$ $1 ${FOO:+yes}").text ==
        "first $BAR ${BAR:-$FOO} ${UNSET} ${!x} ${ $ $1 yes");
  CHECK(only_foo("${BAR!} $UNSET").unset.empty());
  CHECK(only_foo("${FOO!}").error);
}

TEST_CASE("words nest 32 levels deep and no deeper", "[document]") {
  CHECK(run(nested(32)).text == "x");
  CHECK(kind_of(nested(33)) == Kind::too_deep);
  CHECK(kind_of(nested(20000)) == Kind::too_deep);
  CHECK(kind_of("${FOO:-" + nested(33) + "}") == Kind::too_deep);
}

TEST_CASE("a text that grows beyond the limit is refused", "[document]") {
  const auto big = [](std::string_view) { return std::optional(std::string(100, 'x')); };
  CHECK(interpolate("$A$A$A", big, {.max_output = 300}).text.size() == 300);
  const auto result = interpolate("$A$A$A$A", big, {.max_output = 300});
  REQUIRE(result.error);
  CHECK(result.error->kind == Kind::too_long);
  CHECK(result.error->offset == 6);
}

TEST_CASE("every variable of a text is found, in order", "[document]") {
  const auto found = variables("$A ${B:-${C?x}} $$D ${E:+$F} ${G} ${!} ${H");
  std::vector<std::string> names;
  for (const Variable& variable : found) names.push_back(variable.name);
  CHECK(names == std::vector<std::string>{"A", "B", "C", "E", "F", "G"});
  CHECK(found[0] == Variable{"A", 0, 2, false, false});
  CHECK(found[1] == Variable{"B", 3, 12, true, false});
  CHECK(found[2] == Variable{"C", 8, 6, false, true});
  CHECK(variables("${a.b:-$c}", Names::dotted).size() == 2);
}

TEST_CASE("an escaped text interpolates to itself", "[document]") {
  for (const char* text : {"", "$", "$$", "${FOO}", "a$b${", "${FOO:?x}"}) {
    CAPTURE(text);
    CHECK(run(escape(text)).text == text);
  }
}

TEST_CASE("time grows linearly with the text", "[document]") {
  const auto repeat = [](std::string_view part, std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += part;
    return text;
  };
  for (const char* part :
       {"${A:-x}", "${A:-{", "${A:-", "$$", "${A:-${B:-c}} ", "{", "$A}", "${"}) {
    CAPTURE(part);
    CHECK(growth(100'000, [&](std::size_t bytes) {
            const std::string text = repeat(part, bytes);
            const auto result = run(text);
            if (!result.error && result.text.empty()) FAIL("nothing came of it");
            if (variables(text).size() > bytes) FAIL("more variables than bytes");
          }) < 1.75);
  }
}
