#include "document/yaml.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "growth.hpp"

using namespace harbor;
using namespace harbor::document;
using nlohmann::json;

namespace {

const Sources sources = {{}, {"harbor.yaml", "project"}};

Parsed parse(std::string_view text, const Limits& limits = {}) {
  return parse_yaml(text, 1, sources, limits);
}

json read(std::string_view text) {
  const Parsed parsed = parse(text);
  for (const auto& diagnostic : parsed.diagnostics) FAIL_CHECK(diagnostic.message);
  return to_json(parsed.value);
}

/// "H0102 3:1+4 message | 1:1+4 label text | hint", a line for each error.
std::string errors(std::string_view text, const Limits& limits = {}) {
  std::ostringstream out;
  const Parsed parsed = parse(text, limits);
  for (const report::Diagnostic& diagnostic : parsed.diagnostics) {
    CHECK(diagnostic.exit == ExitStatus::invalid);
    out << diagnostic.code;
    const char* separator = " ";
    for (const report::Label& label : diagnostic.labels) {
      CHECK(label.span.file == "harbor.yaml");
      out << separator << label.span.line << ':' << label.span.column << '+' << label.span.length;
      if (!label.text.empty()) out << ' ' << label.text;
      separator = " | ";
    }
    out << " | " << diagnostic.message << " | " << diagnostic.hint << '\n';
  }
  return out.str();
}

std::string_view line_of(std::string_view text, std::uint32_t line) {
  for (; line > 1; --line) text.remove_prefix(text.find('\n') + 1);
  return text.substr(0, text.find('\n'));
}

/// The text that a mark points at.
std::string at(std::string_view text, const Mark& mark) {
  const std::string_view line = line_of(text, mark.line);
  REQUIRE(mark.source == 1);
  REQUIRE(mark.column >= 1);
  REQUIRE(mark.column - 1 + mark.length <= line.size() + 1);
  return std::string(line.substr(mark.column - 1, mark.length));
}

std::string repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

std::string laughs(int levels) {
  std::string text = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < levels; ++i) {
    const char name = static_cast<char>('a' + i);
    const std::string item = std::string("*") + static_cast<char>(name - 1) + ",";
    text +=
        std::string(1, name) + ": &" + name + " [" + repeat(item, 9) + item.substr(0, 2) + "]\n";
  }
  return text;
}

}  // namespace

TEST_CASE("a document becomes the JSON that it says", "[document]") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"", "null"},
      {"# only a comment\n", "null"},
      {"---\n", "null"},
      {"---\n...\n", "null"},
      {"a", R"("a")"},
      {"a: 1\nb: two\n", R"({"a":1,"b":"two"})"},
      {"---\na: 1\n...\n", R"({"a":1})"},
      {"%YAML 1.2\n---\na: 1\n", R"({"a":1})"},
      {"a: [1, two, 3.5,]\n", R"({"a":[1,"two",3.5]})"},
      {"a: {b: 1, c: {d: []}}\n", R"({"a":{"b":1,"c":{"d":[]}}})"},
      {"{\"a\":1,'b':\"2\"}", R"({"a":1,"b":"2"})"},
      {"[a: 1, b]", R"([{"a":1},"b"])"},
      {"{a, b: }", R"({"a":null,"b":null})"},
      {"a:\n- 1\n- b: 2\n  c: 3\n", R"({"a":[1,{"b":2,"c":3}]})"},
      {"- - 1\n  - 2\n- 3\n", R"([[1,2],3])"},
      {"a: |\n  x\n   y\n\n  z\n", R"({"a":"x\n y\n\nz\n"})"},
      {"a: >-\n  x\n  y\n", R"({"a":"x y"})"},
      {"a: x\n  y\n", R"({"a":"x y"})"},
      {"a: 'it''s'\nb: \"\\u00e4\\t\"\n", R"({"a":"it's","b":"ä\t"})"},
      {"\xEF\xBB\xBF"
       "a: 1\n",
       R"({"a":1})"},
      {"a: 1\r\nb: |\r\n  x\r\n  y\r\n", R"({"a":1,"b":"x\ny\n"})"},
      {"a: b # c\n# d\nc: d#e\n", R"({"a":"b","c":"d#e"})"},
      {"? a\n: b\n", R"({"a":"b"})"},
      {R"("à\N\_\L\x85\u00a0à")", R"("à\u0085\u00a0\u2028\u0085\u00a0à")"},
      {"url: http://x:80/#y\n", R"({"url":"http://x:80/#y"})"},
      {"a: &x [1]\nb: *x\n", R"({"a":[1],"b":[1]})"},
      {"a: &x 1\nb: &x 2\nc: *x\n", R"({"a":1,"b":2,"c":2})"},
      {"&x a: *x\n", R"({"a":"a"})"},
      {"a: &x\nb: *x\n", R"({"a":null,"b":null})"},
      {"[don 't, a'b]", R"(["don 't","a'b"])"},
      {"a: foo\n  'bar\nb: [x\n  'y]\n", R"({"a":"foo 'bar","b":["x 'y"]})"},
  }));
  CAPTURE(text);
  CHECK(read(text) == json::parse(expected));
}

TEST_CASE("tags of the core schema are read", "[document]") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"!!str 5", R"("5")"},
      {"a: !!str\nb: 1", R"({"a":"","b":1})"},
      {"! 5", R"("5")"},
      {"!!int \"5\"", "5"},
      {"!!float 5", "5"},
      {"!!bool 'true'", "true"},
      {"!!null ''", "null"},
      {"!!null ~", "null"},
      {"!!seq [1]", "[1]"},
      {"!!map {a: !!str 1}", R"({"a":"1"})"},
      {"&x !!str 5", R"("5")"},
      {"!!str &x 5", R"("5")"},
      {"!<tag:yaml.org,2002:str> 5", R"("5")"},
      {"%TAG !y! tag:yaml.org,2002:\n---\n!y!str 5", R"("5")"},
  }));
  CAPTURE(text);
  CHECK(read(text) == json::parse(expected));
}

TEST_CASE("merge keys bring in what is not there", "[document]") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"d: &d {x: 1, y: 2}\ne: {<<: *d, y: 3}\n", R"({"d":{"x":1,"y":2},"e":{"x":1,"y":3}})"},
      {"d: &d {x: 1}\ne: {y: 3, <<: *d, x: 2}\n", R"({"d":{"x":1},"e":{"x":2,"y":3}})"},
      {"<<: [{a: 1}, {a: 2, b: 3}]\n", R"({"a":1,"b":3})"},
      {"<<: {a: {x: 1}}\na: {y: 2}\n", R"({"a":{"y":2}})"},
      {"<<: []\n", "{}"},
      {"\"<<\": 1\n", R"({"<<":1})"},
      {"a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}\n",
       R"({"a":{"x":1},"b":{"x":1,"y":2},"c":{"x":1,"y":2}})"},
  }));
  CAPTURE(text);
  CHECK(read(text) == json::parse(expected));
}

TEST_CASE("merged keys stand in front of the mapping's own", "[document]") {
  const Parsed parsed = parse("a: &a {x: 1, y: 2}\nb: {z: 3, <<: *a, y: 4}\n");
  const auto& members = parsed.value.find("b")->members;
  REQUIRE(members.size() == 3);
  CHECK((members[0].key == "x" && members[1].key == "z" && members[2].key == "y"));
}

TEST_CASE("marks point at values and keys", "[document]") {
  const std::string text =
      "plain: some text # c\n"
      "double: \"a \\\" b\" # c\n"
      "single: 'it''s'\n"
      "block: >-\n"
      "  x\n"
      "folded: first\n"
      "  second\n"
      "anchored: &x value\n"
      "tagged: !!str 5\n"
      "below: !!str # c\n"
      "  &y deep\n"
      "list: [1, {a: b}]\n"
      "map:\n"
      "  \"inner key\":\n"
      "  - item\n"
      "  -\n"
      "  - ~\n"
      "empty:\n"
      "umläut: ä ö\r\n"
      "crlf: x\r\n"
      "last: \"open\n  closed\"\n";
  const Parsed parsed = parse(text);
  REQUIRE(parsed.diagnostics.empty());
  const auto value = [&](std::string_view key) { return at(text, parsed.value.find(key)->mark); };
  CHECK(at(text, parsed.value.mark) == "plain");
  CHECK(value("plain") == "some text");
  CHECK(value("double") == "\"a \\\" b\"");
  CHECK(value("single") == "'it''s'");
  CHECK(value("block") == ">-");
  CHECK(value("folded") == "first");
  CHECK(value("anchored") == "value");
  CHECK(value("tagged") == "5");
  CHECK(value("below") == "deep");
  CHECK(value("list") == "[");
  CHECK(at(text, parsed.value.find("list")->items[1].mark) == "{");
  CHECK(at(text, parsed.value.find("list")->items[1].members[0].key_mark) == "a");
  CHECK(value("map") == "\"inner key\"");
  const Value& inner = *parsed.value.find("map")->find("inner key");
  CHECK(at(text, inner.mark) == "-");
  CHECK(at(text, inner.items[0].mark) == "item");
  CHECK(inner.items[1].mark == Mark{1, 16, 3, 1});
  CHECK(at(text, inner.items[2].mark) == "~");
  CHECK(value("empty") == "empty");
  CHECK(value("umläut") == "ä ö");
  CHECK(value("crlf") == "x");
  CHECK(value("last") == "\"open");
  for (const Member& member : parsed.value.members) CHECK(at(text, member.key_mark) == member.key);
}

TEST_CASE("a byte order mark counts in no column", "[document]") {
  CHECK(parse("\xEF\xBB\xBF"
              "a: b")
            .value.find("a")
            ->mark == Mark{1, 1, 4, 1});
}

TEST_CASE("an alias keeps the marks of what it stands for", "[document]") {
  const Parsed parsed = parse("a: &x {k: v}\nb: *x\n");
  CHECK(parsed.value.find("b")->find("k")->mark == Mark{1, 1, 11, 1});
  CHECK(parsed.value.members[1].key_mark == Mark{1, 2, 1, 1});
}

TEST_CASE("syntax errors say where and what to do", "[document]") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"a: b: c\n",
       "H0101 1:5+1 | a ':' is not allowed here | put a text that contains ': ' in quotation "
       "marks, or compare the "
       "indentation with the line above\n"},
      {"a:\n  b: 1\n c: 2\n",
       "H0101 3:2+1 | the indentation fits no line above | align the keys of a mapping in "
       "one column, and the '- ' of a list as well\n"},
      {"a: \"x\" y\n",
       "H0101 1:8+1 | unexpected text after a value | put the whole text in quotation marks\n"},
      {"a:\n  - b\n  c: 2\n",
       "H0101 3:3+1 | the indentation fits no line above | align the keys of a mapping in "
       "one column, and the '- ' of a list as well\n"},
      {"a: - b\n",
       "H0101 1:4+1 | an item of a list ('- ') is not allowed here | compare the indentation with "
       "the lines above\n"},
      {"a:\n\tb: c\n", "H0101 2:1+1 | a tab is used for indentation | indent with spaces\n"},
      {"a:\n  b: 1\n  \tc: 2\n",
       "H0101 3:3+1 | a tab is used for indentation | indent with spaces\n"},
      {"a: |\n  \tx\nb: c: d\n",
       "H0101 3:5+1 | a ':' is not allowed here | put a text that contains ': ' in quotation "
       "marks, or compare the "
       "indentation with the line above\n"},
  }));
  CAPTURE(text);
  CHECK(errors(text) == expected);
}

TEST_CASE("errors in brackets, quotation marks and directives say where and what to do",
          "[document]") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"x: [1, 2\ny: 3\n",
       "H0101 2:2+1 | 1:4+1 opened here | expected ',' or ']' here | separate the items with ',' "
       "and close the '[' "
       "with ']'\n"},
      {"x: [1, 2",
       "H0101 1:9+1 | 1:4+1 opened here | expected ',' or ']' here | separate the items with ',' "
       "and close the '[' "
       "with ']'\n"},
      {"x: {a: 1\n\n",
       "H0101 1:9+1 | 1:4+1 opened here | expected ',' or '}' here | separate the entries with ',' "
       "and close the "
       "'{' with '}'\n"},
      {"a: ]\n",
       "H0101 1:4+1 | this bracket closes nothing | remove it, or put the text in quotation "
       "marks\n"},
      {"a: \"x\nb: c",
       "H0101 1:4+1 | the quotation mark is never closed | close the quotation marks\n"},
      {"a: \"x\nb: c\n",
       "H0101 1:4+1 | the quotation mark is never closed | close the quotation marks\n"},
      {"a: ['x]\n",
       "H0101 1:5+1 | the quotation mark is never closed | close the quotation marks\n"},
      {"a: @x\n", "H0101 1:4+1 | no text may start like this | put the text in quotation marks\n"},
      {"a: \"\\q\"\n",
       "H0101 1:7+1 | an escape that YAML does not know | write '\\\\' for a backslash, or use "
       "single quotes\n"},
      {"[a] b\n",
       "H0101 1:5+1 | unexpected text after the end of the document | compare the indentation "
       "with "
       "the lines above\n"},
      {"- a\nb: c\n",
       "H0101 2:1+1 | unexpected text after the end of the document | compare the indentation "
       "with "
       "the lines above\n"},
      {"[a, , b]\n",
       "H0101 1:5+1 | an item of the list is missing | remove this ',', or write the item in front "
       "of it\n"},
      {"a: | x\n  y\n",
       "H0101 1:6+1 | nothing may follow '|' or '>' on its line | put the text on the next line\n"},
      {"a: * b\n", "H0101 1:5+1 | a name is missing after '*' | put the text in quotation marks\n"},
      {"a: &x &y b\n", "H0101 1:7+1 | a value has two anchors | remove one of them\n"},
      {"%YAML 3.0\n---\na\n",
       "H0101 1:1+1 | the text is for another version of YAML | remove the %YAML line\n"},
  }));
  CAPTURE(text);
  CHECK(errors(text) == expected);
}

TEST_CASE("a duplicate key points at both places", "[document]") {
  CHECK(errors("jobs: 1\nother: 2\njobs: 3\n") ==
        "H0102 3:1+4 again here | 1:1+4 first here | the key 'jobs' occurs twice in one mapping | "
        "remove one of the "
        "two, or join them\n");
  CHECK(errors("a: {\"b\": 1, b: 2}") ==
        "H0102 1:13+1 again here | 1:5+3 first here | the key 'b' occurs twice in one mapping | "
        "remove one of the "
        "two, or join them\n");
  CHECK(errors("<<: {}\n<<: {}\n") ==
        "H0102 2:1+2 again here | 1:1+2 first here | the key '<<' occurs twice in one mapping | "
        "remove one of the "
        "two, or join them\n");
  CHECK(to_json(parse("a: 1\na: 2\n").value) == json{{"a", 1}});
}

TEST_CASE("a duplicate key within an anchor is reported once", "[document]") {
  CHECK(parse("a: &a {b: 1, b: 2}\nc: *a\nd: *a\n").diagnostics.size() == 1);
}

TEST_CASE("duplicate keys are found in large mappings", "[document]") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "key" + std::to_string(i) + ": 1\n";
  CHECK(parse(text).diagnostics.empty());
  CHECK(parse(text + "key500: 2\n").diagnostics.size() == 1);
}

TEST_CASE("tags that are unknown or do not fit are errors", "[document]") {
  const std::string hint =
      " | the tags that are known are !!str, !!int, !!float, !!bool, !!null, !!seq and !!map; a "
      "text that starts "
      "with '!' needs quotation marks\n";
  CHECK(errors("a: !secret b\n") == "H0103 1:4+7 | unknown tag '!secret'" + hint);
  CHECK(errors("a: &x !foo [1]\n") == "H0103 1:7+4 | unknown tag '!foo'" + hint);
  CHECK(errors("!!binary abc\n") == "H0103 1:1+8 | unknown tag '!!binary'" + hint);
  CHECK(errors("a: !!int 1.5\n") ==
        "H0103 1:4+5 | 1:10+3 this is a number | the tag '!!int' does not fit a number | remove "
        "the tag, or write a "
        "value of that type\n");
  CHECK(errors("!!seq {a: b}\n") ==
        "H0103 1:1+5 | 1:7+1 this is a mapping | the tag '!!seq' does not fit a mapping | remove "
        "the tag, or write a "
        "value of that type\n");
}

TEST_CASE("bytes that are not text are errors", "[document]") {
  using namespace std::string_literals;
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"a: b\0c\n"s,
       "H0105 1:5+1 | the text contains a NUL byte | is this a text file, saved as UTF-8?\n"},
      {"a: 1\nb: \xFFx\n", "H0105 2:4+1 | the byte 0xFF is not UTF-8 | save the file as UTF-8\n"},
      {"a: \xC3", "H0105 1:4+1 | the byte 0xC3 is not UTF-8 | save the file as UTF-8\n"},
      {"a: \xC0\x80", "H0105 1:4+1 | the byte 0xC0 is not UTF-8 | save the file as UTF-8\n"},
      {"a: \xED\xA0\x80", "H0105 1:4+1 | the byte 0xED is not UTF-8 | save the file as UTF-8\n"},
      {"a: \xF4\x90\x80\x80",
       "H0105 1:4+1 | the byte 0xF4 is not UTF-8 | save the file as UTF-8\n"},
      {"a: \x1b[1m",
       "H0105 1:4+1 | the control character U+001B is not allowed in YAML | if it is meant, write "
       "it as \"\\x1b\" in "
       "double quotes\n"},
      {"a: \"x\\0\"",
       "H0105 1:4+5 | the text contains a NUL character | remove it: neither a path nor a variable "
       "can hold one\n"},
      {"\xFF\xFE"
       "a\0"s,
       "H0105 1:1+2 | the file is UTF-16, not UTF-8 | save it as UTF-8\n"},
  }));
  CAPTURE(text);
  CHECK(errors(text) == expected);
}

TEST_CASE("several documents are an error", "[document]") {
  const std::string words =
      " | a second document starts here | join the documents, or move this one into a file of its "
      "own\n";
  CHECK(errors("---\na: 1\n---\nb: 2\n") == "H0106 3:1+3" + words);
  CHECK(errors("a: 1\n...\nb: 2\n") == "H0106 3:1+3" + words);
}

TEST_CASE("keys that are not text are errors", "[document]") {
  CHECK(errors("80: a\ntrue: b\n~: c\n") ==
        "H0107 1:1+2 | the key '80' is a number, not a text | put it in quotation marks: \"80\"\n"
        "H0107 2:1+4 | the key 'true' is a truth value, not a text | put it in quotation marks: "
        "\"true\"\n"
        "H0107 3:1+1 | the key '~' is null, not a text | put it in quotation marks: \"~\"\n");
  CHECK(errors("? [a]\n: b\n") ==
        "H0107 1:3+1 | a key is a list, not a text | a text that starts with '[' needs quotation "
        "marks\n");
  CHECK(
      errors("a: {{x}}\n")
          .find("H0107 1:5+1 | a key is a mapping, not a text | a text that starts with '{' needs "
                "quotation marks\n") == 0);
  CHECK(errors(": a\n") == "H0107 1:1+1 | a key is missing | write a text in front of the ':'\n");
}

TEST_CASE("a merge key takes mappings", "[document]") {
  CHECK(errors("a: {<<: 1}\n") ==
        "H0108 1:9+1 this is a number | 1:5+2 merged by this key | a merge key takes a mapping, "
        "not a number | write "
        "<<: *name, where &name marks a mapping; quote the key if '<<' is meant as text\n");
  CHECK(errors("<<: [{a: 1}, b]\n").find("H0108 1:14+1 this is a text") == 0);
}

TEST_CASE("an alias needs an anchor above it", "[document]") {
  CHECK(errors("a: *base\n") ==
        "H0109 1:4+5 | the alias '*base' has no anchor above it | write '&base' in front of the "
        "value that it stands "
        "for, or quote a text that starts with '*'\n");
  CHECK(errors("a: &a [1, *a]\n") ==
        "H0109 1:11+2 | the alias is inside the value that it refers to | refer to a value "
        "that ends above the "
        "alias\n");
}

TEST_CASE("all errors come in one go, by place", "[document]") {
  std::string codes;
  for (const auto& diagnostic :
       parse("a: 1\nb: !x 2\na: 3\n4: 5\nc: {<<: 6}\nd: [1\ne: *f\n").diagnostics)
    codes += diagnostic.code + " ";
  CHECK(codes == "H0103 H0102 H0107 H0108 H0101 ");
}

TEST_CASE("errors are no flood", "[document]") {
  CHECK(parse(repeat("a: 1\n", 5000)).diagnostics.size() == 100);
}

TEST_CASE("limits are kept", "[document]") {
  CHECK(errors("abcdef", {.bytes = 5}) ==
        "H0104 1:1+1 | the text is longer than 5 bytes | split it into several files\n");
  CHECK(errors("abcdef", {.bytes = 6}).empty());
  const std::string deep = "H0104 1:65+1 | values nest deeper than 64 levels | use fewer levels\n";
  CHECK(errors(repeat("[", 65) + repeat("]", 65)) == deep);
  CHECK(errors(repeat("[", 64) + repeat("]", 64)).empty());
  CHECK(errors("a: &a [[x]]\nb: [*a]\n", {.depth = 3}) ==
        "H0104 2:5+1 | values nest deeper than 3 levels | use fewer levels\n");
  CHECK(errors("a: &a [[x]]\nb: *a\n", {.depth = 3}).empty());
  CHECK(errors("[a, b, c]", {.nodes = 3}) ==
        "H0104 1:8+1 | there are more than 3 values, aliases expanded | split the file, or use "
        "fewer aliases\n");
  CHECK(errors("[a, b, c]", {.nodes = 4}).empty());
  CHECK(errors("[&a x, &b y]", {.anchors = 1}) ==
        "H0104 1:8+1 | there are more than 1 anchors | use fewer anchors\n");
  CHECK(errors("a: abcdef", {.scalar_bytes = 5}) ==
        "H0104 1:4+1 | a text is longer than 5 bytes | move it into a file of its own\n");
}

TEST_CASE("brackets in texts are not nesting", "[document]") {
  const std::string many = repeat("[", 100);
  const auto text = GENERATE_COPY(values<std::string>({
      "a: |\n  " + many + "\nb: 1\n",
      "a: >-2\n  " + many + "\n" + many.substr(0, 0) + "b: 1\n",
      "a: x" + many + "\nb: 1\n",
      "a: x\n  " + many + "\nb: 1\n",
      "a: '" + many + "'\nb: 1\n",
      "a: [\"" + many + "\"]\nb: 1\n",
      "a: [x] # " + many + "\nb: 1\n",
      "# " + many + "\nb: 1\n",
      "- - |\n    " + many + "\n",
      "a:\n- x\n- |\n " + many + "\n- 'y'\n",
      "a: [\n  b, # " + many + "\n  c]\n",
      "? |\n  " + many + "\n: b\n",
  }));
  CAPTURE(text);
  CHECK(errors(text).empty());
}

TEST_CASE("bombs are refused before they cost anything", "[document]") {
  const auto text = GENERATE(as<std::string>(), laughs(9), repeat("[", 20'000), repeat("{", 20'000),
                             repeat("- ", 20'000), repeat("? ", 20'000), repeat("[", 1'000'000),
                             "[" + repeat(",", 1'000'000), "x\n" + repeat("a: {", 20'000),
                             repeat("&a [", 20'000));
  Parsed parsed;
  CHECK(cpu_seconds([&] { parsed = parse(text); }) < 1.0);
  REQUIRE(parsed.diagnostics.size() == 1);
  CHECK((parsed.diagnostics[0].code == "H0104" || text[0] == 'x'));
  CHECK(parsed.value.is_scalar());
}

namespace {

using Random = std::mt19937;

std::string random_text(Random& random) {
  static const std::vector<std::string> pieces = {
      "a", "b", " ",  ":",  ": ", "#",  " #", "-", "[",  "]",    "{",    "}",
      ",", "'", "\"", "\\", "\n", "\t", "ä",  "€", "~",  "null", "1",    "0x",
      ".", "*", "&",  "!",  "|",  ">",  "%",  "@", "<<", "?",    "\x01", "$"};
  std::string text;
  for (auto length = random() % 6; length > 0; --length) text += pieces[random() % pieces.size()];
  return text;
}

json random_value(Random& random, int depth) {
  switch (random() % (depth > 4 ? 5 : 7)) {
    case 0:
      return nullptr;
    case 1:
      return random() % 2 == 0;
    case 2:
      return static_cast<std::int64_t>(random()) - (1LL << 31);
    case 3:
      return static_cast<double>(random()) / 1024.0;
    case 4:
      return random_text(random);
    case 5: {
      json list = json::array();
      for (auto size = random() % 5; size > 0; --size)
        list.push_back(random_value(random, depth + 1));
      return list;
    }
    default: {
      json map = json::object();
      for (auto size = random() % 5; size > 0; --size)
        map[random_text(random)] = random_value(random, depth + 1);
      return map;
    }
  }
}

/// The value as YAML: JSON in flow style, or block style with the scalars in JSON's quotes.
void write_block(const json& value, const std::string& indent, std::string& out) {
  if (value.is_structured() && !value.empty()) {
    for (auto item = value.begin(); item != value.end(); ++item) {
      out += "\n" + indent + (value.is_object() ? json(item.key()).dump() + ":" : "-");
      write_block(*item, indent + "  ", out);
    }
  } else {
    out += " " + value.dump();
  }
}

}  // namespace

TEST_CASE("what is written as YAML is read back", "[document]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  Random random(seed);
  for (int i = 0; i < 2000; ++i) {
    const json value = random_value(random, 0);
    std::string block = "---";
    write_block(value, "", block);
    CAPTURE(value.dump(), block);
    REQUIRE(read(value.dump()) == value);
    REQUIRE(read(block + "\n") == value);
  }
}
