// The Mustache specification's interpolation, section, inverted and comment rules, where Handlebars
// agrees with them. Not here: delimiters, partials, lambdas, looking up a name in outer contexts,
// and 0 or "" as false sections.
#include <catch2/catch.hpp>

#include "handlebars.hpp"

using namespace harbor::templating;

namespace {

struct Row {
  std::string rule;
  std::string text;
  std::string data;
  std::string output;
};

const std::vector<Row> rows = {
    // interpolation
    {"text without tags stays", "Hello from {Mustache}!\n", "{}", "Hello from {Mustache}!\n"},
    {"a tag is replaced", "Hello, {{subject}}!\n", R"({"subject":"world"})", "Hello, world!\n"},
    {"nothing is rendered twice", "{{template}}: {{planet}}",
     R"({"template":"{{planet}}","planet":"Earth"})", "{{planet}}: Earth"},
    {"html is escaped", "Escaped: {{it}}", R"({"it":"& \" < >"})",
     "Escaped: &amp; &quot; &lt; &gt;"},
    {"three braces do not escape", "Raw: {{{it}}}", R"({"it":"& \" < >"})", "Raw: & \" < >"},
    {"an ampersand does not escape", "Raw: {{&it}}", R"({"it":"& \" < >"})", "Raw: & \" < >"},
    {"integers", "\"{{mph}} miles an hour!\"", R"({"mph":85})", "\"85 miles an hour!\""},
    {"integers, raw", "{{{mph}}} {{&mph}}", R"({"mph":85})", "85 85"},
    {"decimals", "{{power}} jiggawatts, {{{power}}}, {{&power}}", R"({"power":1.21})",
     "1.21 jiggawatts, 1.21, 1.21"},
    {"null is empty", "I ({{cannot}}) be {{{seen}}}{{&it}}",
     R"({"cannot":null,"seen":null,"it":null})", "I () be "},
    {"missing is empty", "I ({{cannot}}) be {{{seen}}}{{&it}}", "{}", "I () be "},
    {"dotted names", "{{person.name}} {{{person.name}}} {{&person.name}}",
     R"({"person":{"name":"Joe"}})", "Joe Joe Joe"},
    {"dotted names of any depth", "{{a.b.c.d.e.name}}",
     R"({"a":{"b":{"c":{"d":{"e":{"name":"Phil"}}}}}})", "Phil"},
    {"a broken chain is empty", "{{a.b.c}} == ", R"({"a":{}})", " == "},
    {"a broken chain does not start again", "{{a.b.c.name}}",
     R"({"a":{"b":{}},"c":{"name":"Jim"}})", ""},
    {"a chain within a section", "{{#a}}{{b.c}}{{/a}}", R"({"a":{"b":{}},"b":{"c":"ERROR"}})", ""},
    {"a dot is the context", "{{#x}}{{.}}{{{.}}}{{&.}}{{/x}}", R"({"x":"<"})", "&lt;<<"},
    {"white space around a tag stays", "| {{s}} | {{{s}}} | {{&s}} |", R"({"s":"---"})",
     "| --- | --- | --- |"},
    {"a tag alone on a line keeps its line", "  {{s}}\n", R"({"s":"---"})", "  ---\n"},
    {"padding within a tag", "|{{ s }}|{{{ s }}}|{{& s }}|", R"({"s":"---"})", "|---|---|---|"},
    // sections
    {"a true section shows", "\"{{#b}}This.{{/b}}\"", R"({"b":true})", "\"This.\""},
    {"a false section does not", "\"{{#b}}This.{{/b}}\"", R"({"b":false})", "\"\""},
    {"a null section does not", "\"{{#b}}This.{{/b}}\"", R"({"b":null})", "\"\""},
    {"a missing section does not", "\"{{#b}}This.{{/b}}\"", "{}", "\"\""},
    {"an object is the context", "\"{{#c}}Hi {{name}}.{{/c}}\"", R"({"c":{"name":"Joe"}})",
     "\"Hi Joe.\""},
    {"a list repeats", "\"{{#l}}{{item}}{{/l}}\"", R"({"l":[{"item":1},{"item":2},{"item":3}]})",
     "\"123\""},
    {"an empty list does not show", "\"{{#l}}Yay!{{/l}}\"", R"({"l":[]})", "\"\""},
    {"several sections", "{{#b}}\n* first\n{{/b}}\n* {{two}}\n{{#b}}\n* third\n{{/b}}\n",
     R"({"b":true,"two":"second"})", "* first\n* second\n* third\n"},
    {"nested true sections", "| A {{#b}}B {{#b}}C{{/b}} D{{/b}} E |", R"({"b":true})",
     "| A B C D E |"},
    {"nested false sections", "| A {{#b}}B {{#b}}C{{/b}} D{{/b}} E |", R"({"b":false})",
     "| A  E |"},
    {"lists of strings", "\"{{#l}}({{.}}){{/l}}\"", R"({"l":["a","b"]})", "\"(a)(b)\""},
    {"lists of numbers", "\"{{#l}}({{.}}){{/l}}\"", R"({"l":[1,2.5]})", "\"(1)(2.5)\""},
    {"lists of lists", "\"{{#l}}({{#.}}{{.}}{{/.}}){{/l}}\"", R"({"l":[[1,2],["a","b"]]})",
     "\"(12)(ab)\""},
    {"dotted sections", "\"{{#a.b.c}}Here{{/a.b.c}}\"", R"({"a":{"b":{"c":true}}})", "\"Here\""},
    {"dotted false sections", "\"{{#a.b.c}}Here{{/a.b.c}}\"", R"({"a":{"b":{"c":false}}})", "\"\""},
    {"dotted broken sections", "\"{{#a.b.c}}Here{{/a.b.c}}\"", R"({"a":{}})", "\"\""},
    {"white space around a section", " | {{#b}}\t|\t{{/b}} | \n", R"({"b":true})", " | \t|\t | \n"},
    {"white space within a section", " | {{#b}} {{! c }}\n {{/b}} | \n", R"({"b":true})",
     " |  \n  | \n"},
    {"indented sections of one line", " {{#b}}YES{{/b}}\n {{#b}}GOOD{{/b}}\n", R"({"b":true})",
     " YES\n GOOD\n"},
    {"standalone lines vanish", "| This Is\n{{#b}}\n|\n{{/b}}\n| A Line\n", R"({"b":true})",
     "| This Is\n|\n| A Line\n"},
    {"indented standalone lines vanish", "| This Is\n  {{#b}}\n|\n  {{/b}}\n| A Line\n",
     R"({"b":true})", "| This Is\n|\n| A Line\n"},
    {"standalone lines with CRLF vanish", "|\r\n{{#b}}\r\n{{/b}}\r\n|", R"({"b":true})", "|\r\n|"},
    {"standalone without a line before", "  {{#b}}\n#{{/b}}\n/", R"({"b":true})", "#\n/"},
    {"standalone without a line after", "#{{#b}}\n/\n  {{/b}}", R"({"b":true})", "#\n/\n"},
    {"padding within section tags", "|{{# b }}={{/ b }}|", R"({"b":true})", "|=|"},
    // inverted
    {"false inverted shows", "\"{{^b}}This.{{/b}}\"", R"({"b":false})", "\"This.\""},
    {"true inverted does not", "\"{{^b}}This.{{/b}}\"", R"({"b":true})", "\"\""},
    {"null inverted shows", "\"{{^b}}This.{{/b}}\"", R"({"b":null})", "\"This.\""},
    {"missing inverted shows", "\"{{^b}}This.{{/b}}\"", "{}", "\"This.\""},
    {"an object inverted does not show", "\"{{^c}}Hi {{name}}.{{/c}}\"", R"({"c":{"name":"Joe"}})",
     "\"\""},
    {"a list inverted does not show", "\"{{^l}}{{n}}{{/l}}\"", R"({"l":[{"n":1}]})", "\"\""},
    {"an empty list inverted shows", "\"{{^l}}Yay!{{/l}}\"", R"({"l":[]})", "\"Yay!\""},
    {"several inverted", "{{^b}}\n* first\n{{/b}}\n* {{two}}\n{{^b}}\n* third\n{{/b}}\n",
     R"({"b":false,"two":"second"})", "* first\n* second\n* third\n"},
    {"nested inverted", "| A {{^b}}B {{^b}}C{{/b}} D{{/b}} E |", R"({"b":false})", "| A B C D E |"},
    {"nested inverted, true", "| A {{^b}}B {{^b}}C{{/b}} D{{/b}} E |", R"({"b":true})", "| A  E |"},
    {"dotted inverted", "\"{{^a.b.c}}No{{/a.b.c}}\"", R"({"a":{"b":{"c":true}}})", "\"\""},
    {"dotted broken inverted", "\"{{^a.b.c}}No{{/a.b.c}}\"", R"({"a":{}})", "\"No\""},
    {"white space around inverted", " | {{^b}}\t|\t{{/b}} | \n", R"({"b":false})", " | \t|\t | \n"},
    {"standalone inverted lines vanish", "| This Is\n{{^b}}\n|\n{{/b}}\n| A Line\n",
     R"({"b":false})", "| This Is\n|\n| A Line\n"},
    {"standalone inverted, indented", "| This Is\n  {{^b}}\n|\n  {{/b}}\n| A Line\n",
     R"({"b":false})", "| This Is\n|\n| A Line\n"},
    {"standalone inverted with CRLF", "|\r\n{{^b}}\r\n{{/b}}\r\n|", R"({"b":false})", "|\r\n|"},
    {"standalone inverted without a line before", "  {{^b}}\n^{{/b}}\n/", R"({"b":false})", "^\n/"},
    {"standalone inverted without a line after", "^{{^b}}\n/\n  {{/b}}", R"({"b":false})",
     "^\n/\n"},
    {"padding within inverted tags", "|{{^ b }}={{/ b }}|", R"({"b":false})", "|=|"},
    // comments
    {"a comment is nothing", "12345{{! Comment Block! }}67890", "{}", "1234567890"},
    {"a comment of several lines", "12345{{!\n  This is a\n  multi-line comment...\n}}67890\n",
     "{}", "1234567890\n"},
    {"a standalone comment vanishes", "Begin.\n{{! Comment Block! }}\nEnd.\n", "{}",
     "Begin.\nEnd.\n"},
    {"an indented standalone comment vanishes", "Begin.\n  {{! Indented! }}\nEnd.\n", "{}",
     "Begin.\nEnd.\n"},
    {"a standalone comment with CRLF", "|\r\n{{! Standalone }}\r\n|", "{}", "|\r\n|"},
    {"a standalone comment without a line before", "  {{! I'm Still Standalone }}\n!", "{}", "!"},
    {"a standalone comment without a line after", "!\n  {{! I'm Still Standalone }}", "{}", "!\n"},
    {"a standalone comment of several lines",
     "Begin.\n{{!\nSomething's going on here...\n}}\nEnd.\n", "{}", "Begin.\nEnd.\n"},
    {"an indented comment of several lines",
     "Begin.\n  {{!\n    Something's going on here...\n  }}\nEnd.\n", "{}", "Begin.\nEnd.\n"},
    {"a comment within a line keeps the line", "  12 {{! 34 }}\n", "{}", "  12 \n"},
    {"white space around a comment stays", "12345 {{! Comment Block! }} 67890", "{}",
     "12345  67890"},
    {"a comment may look like a variable", "comments never show: >{{! variable }}<",
     R"({"! variable":1,"variable":2})", "comments never show: ><"},
};

}  // namespace

TEST_CASE("the rules of Mustache hold where Handlebars shares them", "[template]") {
  for (const Row& row : rows) {
    CAPTURE(row.rule, row.text);
    const Data data(Json::parse(row.data));
    CHECK(render(Template::parse(row.text, "t"), data,
                 {.is_strict = false, .escapes_html = true}) == row.output);
  }
}
