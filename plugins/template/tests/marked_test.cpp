#include "marked.hpp"

#include <catch2/catch.hpp>

#include <harbor/error.hpp>

#include "data.hpp"

using namespace harbor::templating;

namespace {

const Json& root() {
  static const Json all = Json::parse(R"({"TOKEN": "swordfish", "PLAIN": "swordfish",
    "env": {"TOKEN": "swordfish", "PORT": "80"}, "list": ["a", "swordfish"]})");
  return all;
}

std::string shown(const std::string& text) {
  const Data data(root(), {{"TOKEN"}, {"env", "TOKEN"}, {"list", "1"}});
  const Marked made =
      render_marked(Template::parse(text, "t"), data, {.is_strict = true, .escapes_html = true});
  return masked(made.text, made.secrets);
}

}  // namespace

TEST_CASE("whatever a template makes of a secret is known to come from it", "[template]") {
  for (const std::string tag :
       {"{{TOKEN}}", "{{{TOKEN}}}", "{{json TOKEN}}", "{{json (json TOKEN)}}",
        "{{upper (json TOKEN)}}", "{{lower TOKEN}}", "{{TOKEN.length}}", "{{eq TOKEN \"x\"}}",
        "{{env.TOKEN}}", "{{json env}}", "{{join list}}", "{{json @root}}", "{{json this}}",
        "{{default TOKEN \"x\"}}", "{{default EMPTY TOKEN}}", "{{list.[1]}}",
        "{{#with (upper TOKEN)}}{{this}}{{/with}}", "{{#TOKEN}}{{.}}{{/TOKEN}}",
        "{{TOKEN}}{{upper TOKEN}}"}) {
    INFO(tag);
    CHECK(shown("a: " + tag + ".") == "a: ******.");
  }
}

TEST_CASE("what a template makes of other values is not hidden, whatever they are", "[template]") {
  CHECK(shown("{{PLAIN}} {{upper PLAIN}} {{env.PORT}}") == "swordfish SWORDFISH 80");
  CHECK(shown("{{#each list}}{{@index}}={{this}};{{/each}}") == "0=a;1=******;");
  CHECK(shown("{{#if TOKEN}}on{{/if}} {{default PLAIN TOKEN}}") == "on swordfish");
}

TEST_CASE("parts that touch are hidden as one", "[template]") {
  CHECK(masked("abcdef", {{0, 2}, {2, 4}}) == "******ef");
  CHECK(masked("abcdef", {{1, 2}, {3, 4}}) == "a******c******ef");
  CHECK(masked("abcdef", {{1, 1}, {4, 6}}) == "abcd******");
  CHECK(masked("abc", {}) == "abc");
}

TEST_CASE("secrets are followed through an expansion", "[template]") {
  const auto made = followed("<$A$B$C>", [](const Put& put) {
    return "<" + put("one", true) + put("in", false) + put("two", true) + ">";
  });
  CHECK(made.text == "<oneintwo>");
  CHECK(masked(made.text, made.secrets) == "<******in******>");
}

TEST_CASE("a text that looks like the marks is secret as a whole", "[template]") {
  const std::string strange = "\x02\x0E\x03";
  const auto expand = [&](const Put& put) { return "a" + put(strange, false) + put("b", true); };
  for (const std::string& text : {std::string("$A$B"), strange}) {
    const auto made = followed(text, expand);
    CHECK(made.text == "a" + strange + "b");
    CHECK(masked(made.text, made.secrets) == "******");
  }
  const auto plain = followed(strange, [&](const Put&) { return std::string(strange); });
  CHECK(masked(plain.text, plain.secrets) == strange);
}

TEST_CASE("no mark is left in a message", "[template]") {
  try {
    (void)followed("$A", [](const Put& put) -> std::string {
      throw harbor::Error(HARBOR_E_INPUT, "x", "no " + put("value", true));
    });
    FAIL("nothing was thrown");
  } catch (const harbor::Error& error) {
    CHECK(error.message == "no value");
  }
}
