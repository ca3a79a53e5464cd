#include "handlebars.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <ctime>
#include <harbor/error.hpp>
#include <iostream>

#include "corpus.hpp"
#include "data.hpp"

using namespace harbor;
using namespace harbor::templating;

namespace {

const RenderOptions loose = {.is_strict = false};

std::string show(const std::string& text, const RenderOptions& options = {}) {
  static const Data data(test::values());
  return render(Template::parse(text, "t.yaml"), data, options);
}

Error error_of(const std::string& text, const RenderOptions& options = {}) {
  CAPTURE(text);
  try {
    show(text, options);
  } catch (const Error& error) {
    CHECK(error.status == HARBOR_E_INPUT);
    REQUIRE(error.labels.size() == 1);
    CHECK(error.labels[0].file == "t.yaml");
    return error;
  }
  FAIL("no error");
  return Error(0, "", "");
}

std::string repeat(const std::string& part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

}  // namespace

TEST_CASE("templates render as the handlebars package renders them", "[template]") {
  for (const test::Row& row : test::corpus()) {
    CAPTURE(row.text);
    CHECK(show(row.text, loose) == row.output);
  }
}

TEST_CASE("what is no template is an error with a place", "[template]") {
  for (const std::string& text : test::bad_corpus()) {
    const Error error = error_of(text, loose);
    CAPTURE(text, error.message);
    CHECK(error.code.starts_with("template."));
    CHECK(error.labels[0].line == 1);
    CHECK(error.labels[0].column + error.labels[0].length <= text.size() + 1);
  }
}

TEST_CASE("html is escaped on demand, and never with three braces", "[template]") {
  const RenderOptions html = {.escapes_html = true};
  CHECK(show("{{B}} {{{B}}} {{&B}} {{json B}}", html) ==
        "&lt;b&gt;&amp;&quot;&#x27;&#x60;&#x3D; <b>&\"'`= <b>&\"'`= "
        "&quot;&lt;b&gt;&amp;\\&quot;&#x27;&#x60;&#x3D;&quot;");
  CHECK(is_markup("a/index.html"));
  CHECK(is_markup("x.svg"));
  CHECK_FALSE(is_markup("html.yaml"));
  CHECK_FALSE(is_markup("config.json"));
}

TEST_CASE("a missing variable is an error that points at it", "[template]") {
  const Error error = error_of("a\n  b: {{ MISSING }}\n");
  CHECK(error.code == "template.missing_variable");
  CHECK(error.message == "'MISSING' is not set");
  CHECK(error.hint ==
        "set it in an env file or under values.extra, or write {{default MISSING \"...\"}}");
  CHECK(error.labels[0] == Label{"t.yaml", 2, 9, 7, ""});
  for (const char* text : {"{{o.x}}", "{{../A}}", "{{@index}}", "{{list.[9]}}", "{{upper x}}",
                           "{{#each x}}{{/each}}", "{{#with x}}{{/with}}", "{{#x}}{{/x}}",
                           "{{^x}}{{/x}}", "{{#if (eq x 1)}}{{/if}}", "{{default nil x}}",
                           "{{json x}}", "{{join x}}", "{{{x}}}", "{{#each objs}}{{A}}{{/each}}"}) {
    CAPTURE(text);
    CHECK(error_of(text).code == "template.missing_variable");
    CHECK_NOTHROW(show(text, loose));
  }
  for (const char* text :
       {"{{#if x}}{{/if}}", "{{#unless x.y}}{{/unless}}", "{{default x 1}}", "{{nil}}", "{{empty}}",
        "{{#if no}}{{x}}{{/if}}", "{{#if (default x no)}}{{/if}}", "{{! x }}"}) {
    CAPTURE(text);
    CHECK_NOTHROW(show(text));
  }
}

TEST_CASE("errors say what is wrong and where", "[template]") {
  const auto check = [](const std::string& text, const std::string& code,
                        const std::string& message, unsigned line, unsigned column) {
    const Error error = error_of(text);
    CAPTURE(text);
    CHECK(error.code == code);
    CHECK(error.message == message);
    CHECK(error.labels[0].line == line);
    CHECK(error.labels[0].column == column);
  };
  check("a\n{{#if A}}\n", "template.syntax", "the block 'if' is not closed", 2, 1);
  check("{{#if A}}{{/each}}", "template.syntax", "'{{/each}}' does not close 'if'", 1, 10);
  check("{{#if A}}\n {{A}}}", "template.syntax", "'}}}' does not belong here: '}}' is missing", 2,
        5);
  check("{{A", "template.syntax", "the template ends within a tag: '}}' is missing", 1, 4);
  check("x{{/if}}", "template.syntax", "'{{/' does not belong here", 1, 2);
  check("{{A/../B}}", "template.syntax", "'A/..' is not a path", 1, 5);
  check("{{shout A}}", "template.unknown_helper", "there is no helper 'shout'", 1, 3);
  check("{{A (b c)}}", "template.unknown_helper", "there is no helper 'b'", 1, 6);
  check("{{upper}}", "template.bad_argument", "'upper' is not used like this", 1, 3);
  check("{{if A}}", "template.bad_argument", "'if' is not used like this", 1, 3);
  check("{{#if A x=1}}{{/if}}", "template.bad_argument", "'if' has no option 'x'", 1, 4);
  check("{{upper list}}", "template.bad_argument", "'upper' takes a text, not a list or an object",
        1, 1);
  check("{{join A}}", "template.bad_argument", "'join' takes a list", 1, 1);
  check("{{o}}", "template.not_text", "'o' is an object, not a text", 1, 1);
}

TEST_CASE("the parts of Handlebars that run or include things are refused by name", "[template]") {
  for (const char* text :
       {"{{> part}}", "{{#> part}}{{/part}}", "{{* deco}}", "{{#* inline \"x\"}}{{/inline}}",
        "{{{{raw}}}} {{{{/raw}}}}", "{{#each list as |x|}}{{/each}}"}) {
    const Error error = error_of(text);
    CHECK(error.code == "template.unsupported");
    CHECK(error.hint == "partials, decorators, raw blocks and block parameters are not supported");
  }
  CHECK(show("{{constructor}}{{__proto__}}{{o.toString}}{{A.constructor.name}}", loose).empty());
}

TEST_CASE("what was rendered is not rendered again", "[template]") {
  CHECK(show("{{tag}}{{{tag}}}{{upper tag}}") == "{{A}}{{A}}{{A}}");
}

TEST_CASE("depth, size and work have limits", "[template]") {
  CHECK(show(repeat("{{#if yes}}", 60) + "x" + repeat("{{/if}}", 60)) == "x");
  CHECK(error_of(repeat("{{#if yes}}", 20'000)).code == "template.too_deep");
  CHECK(error_of("{{" + repeat("upper (", 20'000)).code == "template.too_deep");
  CHECK(error_of("{{#if no}}" + repeat("{{else if no}}", 20'000) + "{{/if}}").code ==
        "template.too_deep");
  CHECK(error_of("{{A}}{{A}}", {.max_output = 9}).code == "template.too_large");
  CHECK(show("{{A}}{{A}}", {.max_output = 10}) == "alphaalpha");
  const std::string loops = repeat("{{#each @root.list}}", 20) + repeat("{{/each}}", 20);
  CHECK(error_of(loops).code == "template.too_much_work");
}

TEST_CASE("a template knows the variables that it may read", "[template]") {
  const auto names =
      variables_of(Template::parse("{{B}}{{#if (eq A.x 1)}}{{@root.C}}{{else each "
                                   "D}}{{this}}{{@index}}{{/if}}{{upper (default E F)}}",
                                   "t"));
  CHECK(names == std::vector<std::string>{"A", "B", "C", "D", "E", "F"});
}

TEST_CASE("numbers look as ECMAScript writes them", "[template]") {
  const Data data(
      Json::parse("[1.0, -0.0, 1e21, 1.5e-7, 0.1, 123456789012345680000.0, 9007199254740993, -7]"));
  const std::vector<std::string> expected = {
      "1", "0", "1e+21", "1.5e-7", "0.1", "123456789012345680000", "9007199254740993", "-7"};
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(render(Template::parse("{{[" + std::to_string(i) + "]}}", "t"), data) == expected[i]);
}

TEST_CASE("any bytes are text, and bad UTF-8 is no crash", "[template]") {
  Json values = {{"x", "\xFF\xFE"}};
  const Data data(values);
  CHECK(render(Template::parse("\xFF{{x}}\xC3", "t"), data) == "\xFF\xFF\xFE\xC3");
  CHECK(render(Template::parse("{{json x}}", "t"), data) == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  CHECK(render(Template::parse(std::string("a\0{{x}}", 7), "t"), data) ==
        std::string("a\0\xFF\xFE", 4));
}

TEST_CASE("a thousand templates with two thousand variables render at once", "[template]") {
  std::vector<std::pair<std::string, Json>> values;
  for (int i = 0; i < 2'000; ++i)
    values.emplace_back("VARIABLE_" + std::to_string(i), "value " + std::to_string(i));
  const Data data(object_of(std::move(values)));
  std::vector<std::string> texts;
  for (int t = 0; t < 1'000; ++t) {
    std::string text;
    for (int i = 0; text.size() < 2'048; ++i)
      text += "key_" + std::to_string(i) + ": {{VARIABLE_" +
              std::to_string((t * 7 + i * 13) % 2'000) + "}} # some text\n";
    texts.push_back(std::move(text));
  }
  const std::clock_t start = std::clock();
  std::size_t bytes = 0;
  for (const std::string& text : texts) bytes += render(Template::parse(text, "t"), data).size();
  const double took = 1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  std::cout << "1,000 templates of 2 KiB, parsed and rendered: " << took
            << " ms of processor time\n";
  CHECK(bytes > 1'000'000);
  CHECK(took < 5'000);
}

TEST_CASE("data is taken in linear time and in order", "[template]") {
  nlohmann::json sorted;
  for (int i = 0; i < 100'000; ++i) sorted["V" + std::to_string(i)] = {{"b", i}, {"a", {i}}};
  const auto start = std::chrono::steady_clock::now();
  const Data data(ordered(sorted));
  CHECK(
      render(Template::parse(
                 "{{V99999.b}} {{V7.a}}{{#with V7}}{{#each this}} {{@key}}{{/each}}{{/with}}", "t"),
             data) == "99999 7 a b");
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
  CHECK(object_of({{"b", 1}, {"a", 2}}).dump() == R"({"b":1,"a":2})");
}

TEST_CASE("time grows linearly with the template", "[template]") {
  for (const char* part : {"{{A}}", "{", "{{! x }}", "{{!--", "\\{{", "{{A", " \n",
                           "{{#if A}}x{{/if}} \n ", "\\", "{{\"\\\"", "x{{~A~}}"}) {
    const std::string text = repeat(part, 300'000);
    const auto start = std::chrono::steady_clock::now();
    try {
      show(text, {.is_strict = false, .max_output = std::size_t{1} << 30});
    } catch (const Error&) {
    }
    CAPTURE(part);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
  }
}

TEST_CASE("null has no members", "[template]") {
  CHECK(show("{{nil}}") == "");
  for (const char* text :
       {"{{nil.member}}", "{{#with nil}}{{/with}}{{upper nil.a.b}}", "{{@root.nil.member}}"})
    CHECK(error_of(text).code == "template.missing_variable");
  CHECK(show("{{nil.member}}", loose) == "");
  CHECK(show("{{default nil.member \"x\"}}{{#if nil.member}}y{{/if}}") == "x");
}
