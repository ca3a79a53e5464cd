#include "document/layer.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "document/yaml.hpp"

using namespace harbor;
using namespace harbor::document;
using nlohmann::json;

namespace {

const Sources two_files = {{}, {"etc/harbor.yaml", "project"}, {"site.yaml", "site"}};

Value parse(std::string_view text, std::uint32_t source) {
  const Parsed parsed = parse_yaml(text, source, two_files);
  REQUIRE(parsed.diagnostics.empty());
  return parsed.value;
}

const std::vector<std::string> growing = {"plugins", "deploy.steps", "hooks.*", "*.*.grows"};

Value lay(std::string_view base, std::string_view over) {
  Value value = parse(base, 1);
  lay_over(value, parse(over, 2), growing);
  return value;
}

/// Applies settings to a document; "H0110 LINE:COLUMN+LENGTH message | hint | label..." for each
/// error.
struct Applied {
  Value root;
  Sources sources = two_files;
  report::Diagnostics diagnostics;

  Applied(std::string_view text, const std::vector<std::string>& settings) : root(parse(text, 1)) {
    for (const std::string& setting : settings) set_path(root, setting, sources, diagnostics);
  }

  std::string errors() const {
    std::ostringstream out;
    for (const report::Diagnostic& diagnostic : diagnostics) {
      const report::Span& span = diagnostic.labels[0].span;
      out << diagnostic.code << ' ' << span.column << '+' << span.length << " '"
          << span.file.substr(span.column - 1, span.length) << "' " << diagnostic.message << " | "
          << diagnostic.hint;
      for (std::size_t i = 1; i < diagnostic.labels.size(); ++i) {
        const report::Label& label = diagnostic.labels[i];
        out << " | " << label.span.file << ':' << label.span.line << ':' << label.span.column << ' '
            << label.text;
      }
      out << '\n';
    }
    return out.str();
  }
};

}  // namespace

TEST_CASE("mappings merge, everything else is replaced", "[document]") {
  const auto [base, over, expected] = GENERATE(table<std::string, std::string, std::string>({
      {"a: 1", "b: 2", R"({"a":1,"b":2})"},
      {"a: 1", "a: 2", R"({"a":2})"},
      {"a: {b: 1, c: 2}", "a: {c: 3, d: 4}", R"({"a":{"b":1,"c":3,"d":4}})"},
      {"a: {b: {c: 1}}", "a: {b: {d: 2}}", R"({"a":{"b":{"c":1,"d":2}}})"},
      {"a: [1, 2]", "a: [3]", R"({"a":[3]})"},
      {"a: {b: 1}", "a: [3]", R"({"a":[3]})"},
      {"a: {b: 1}", "a: ~", R"({"a":null})"},
      {"a: ~", "a: {b: 1}", R"({"a":{"b":1}})"},
      {"a: 1", "", R"({"a":1})"},
      {"", "a: 1", R"({"a":1})"},
      {"a: 1", "[1]", "[1]"},
  }));
  CAPTURE(base, over);
  CHECK(to_json(lay(base, over)) == json::parse(expected));
}

TEST_CASE("lists that are named grow, at their place alone", "[document]") {
  const auto [base, over, expected] = GENERATE(table<std::string, std::string, std::string>({
      {"deploy: {steps: [a]}", "deploy: {steps: [b, c]}", R"({"deploy":{"steps":["a","b","c"]}})"},
      {"a: {b: {grows: [1]}}", "a: {b: {grows: [2]}}", R"({"a":{"b":{"grows":[1,2]}}})"},
      {"a: {grows: [1]}", "a: {grows: [2]}", R"({"a":{"grows":[2]}})"},
      {"hooks: {pre_deploy: [a], x: [b]}", "hooks: {pre_deploy: [c]}",
       R"({"hooks":{"pre_deploy":["a","c"],"x":["b"]}})"},
      {"plugins: [a]", "plugins: [b]", R"({"plugins":["a","b"]})"},
      {"deploy: {steps: [a]}", "deploy: {steps: ~}", R"({"deploy":{"steps":null}})"},
      {"deploy: {steps: [a]}", "deploy: {steps: {b: 1}}", R"({"deploy":{"steps":{"b":1}}})"},
      {"other: {steps: [a]}", "other: {steps: [b]}", R"({"other":{"steps":["b"]}})"},
      {"steps: [a]", "steps: [b]", R"({"steps":["b"]})"},
      {"deploy: {x: {steps: [a]}}", "deploy: {x: {steps: [b]}}",
       R"({"deploy":{"x":{"steps":["b"]}}})"},
      {"deploy: {plugins: [a]}", "deploy: {plugins: [b]}", R"({"deploy":{"plugins":["b"]}})"},
      {"hooks: {a: {b: [1]}}", "hooks: {a: {b: [2]}}", R"({"hooks":{"a":{"b":[2]}}})"},
  }));
  CAPTURE(base, over);
  CHECK(to_json(lay(base, over)) == json::parse(expected));
}

TEST_CASE("a value remembers what it replaced", "[document]") {
  Value value = lay("a: 1\nb: {c: 2}\n", "a: 10\nb: {c: 20}\nd: 30\n");
  lay_over(value, parse("\n\na: 100\n", 2));
  const Value& a = *value.find("a");
  CHECK(a.mark == Mark{2, 3, 4, 3});
  CHECK(a.shadowed == std::vector<Mark>{{1, 1, 4, 1}, {2, 1, 4, 2}});
  CHECK(value.find("b")->shadowed.empty());
  CHECK(value.find("b")->find("c")->shadowed == std::vector<Mark>{{1, 2, 8, 1}});
  CHECK(value.find("d")->shadowed.empty());
  CHECK(value.find("d")->mark.source == 2);
}

TEST_CASE("large mappings are laid over one another quickly", "[document]") {
  std::string base;
  std::string over;
  for (int i = 0; i < 20'000; ++i) {
    base += "k" + std::to_string(i) + ": 1\n";
    over += "k" + std::to_string(2 * i) + ": 2\n";
  }
  const Value value = lay(base, over);
  CHECK(value.members.size() == 30'000);
  CHECK(value.members[10].value.text == "2");
  CHECK(value.members[11].value.text == "1");
}

TEST_CASE("a setting changes one value", "[document]") {
  const auto [text, setting, expected] = GENERATE(table<std::string, std::string, std::string>({
      {"deploy: {jobs: 1}", "deploy.jobs=4", R"({"deploy":{"jobs":4}})"},
      {"a: 1", "b.c.d=x", R"({"a":1,"b":{"c":{"d":"x"}}})"},
      {"", "a=1", R"({"a":1})"},
      {"a: ~", "a.b=1", R"({"a":{"b":1}})"},
      {"a: [{b: 1}, {b: 2}]", "a.1.b=3", R"({"a":[{"b":1},{"b":3}]})"},
      {"a: [1, 2]", "a.0=x", R"({"a":["x",2]})"},
      {"a: {b: 1}", "a=", R"({"a":null})"},
      {"", "a=true", R"({"a":true})"},
      {"", "a=yes", R"({"a":"yes"})"},
      {"", "a=1.5", R"({"a":1.5})"},
      {"", "a=\"1.5\"", R"({"a":"1.5"})"},
      {"", "a=[1, {b: c}]", R"({"a":[1,{"b":"c"}]})"},
      {"", "a={b: [c, d]}", R"({"a":{"b":["c","d"]}})"},
      {"", "a=!!str 5", R"({"a":"5"})"},
      {"", "a=x=y", R"({"a":"x=y"})"},
      {"", "a=b: c # d", R"({"a":"b: c # d"})"},
      {"", "a=*", R"({"a":"*"})"},
      {"", "a=- b", R"({"a":"- b"})"},
      {"", "a= b ", R"({"a":" b "})"},
      {"", "a\\.b\\=c\\\\=1", R"({"a.b=c\\":1})"},
      {"'0': x", "0=1", R"({"0":1})"},
  }));
  CAPTURE(text, setting);
  const Applied applied(text, {setting});
  CHECK(applied.errors().empty());
  CHECK(to_json(applied.root) == json::parse(expected));
}

TEST_CASE("a setting is a source of its own", "[document]") {
  const Applied applied("deploy: {jobs: 1}",
                        {"deploy.jobs=4", "deploy.jobs=[x, {y: z}]", "new.key=v"});
  REQUIRE(applied.sources.size() == 6);
  CHECK(applied.sources[3].name == "--set deploy.jobs=4");
  CHECK(applied.sources[3].layer == "command line");
  const auto place = [&](const Mark& mark) {
    CHECK(mark.line == 1);
    return applied.sources[mark.source].name.substr(mark.column - 1, mark.length);
  };
  const Value& jobs = *applied.root.find("deploy")->find("jobs");
  CHECK(place(jobs.mark) == "[");
  CHECK(place(jobs.items[0].mark) == "x");
  CHECK(place(jobs.items[1].members[0].key_mark) == "y");
  CHECK(place(jobs.items[1].members[0].value.mark) == "z");
  REQUIRE(jobs.shadowed.size() == 2);
  CHECK(jobs.shadowed[0] == Mark{1, 1, 16, 1});
  CHECK(place(jobs.shadowed[1]) == "4");
  CHECK(place(applied.root.members[1].key_mark) == "new");
  CHECK(place(applied.root.find("new")->find("key")->mark) == "v");
}

TEST_CASE("a setting that cannot be applied says why and changes nothing", "[document]") {
  const std::string form = "write --set PATH=VALUE, for example --set deploy.jobs=4";
  const auto [setting, expected] = GENERATE_COPY(table<std::string, std::string>({
      {"deploy.jobs", "H0110 7+11 'deploy.jobs' the setting has no '=' | " + form + "\n"},
      {"", "H0110 7+1 '' the setting has no '=' | " + form + "\n"},
      {"=1", "H0110 7+1 '=' the path has an empty key | " + form + "\n"},
      {"a..b=1", "H0110 9+1 '.' the path has an empty key | " + form + "\n"},
      {"list.2=x",
       "H0110 12+1 '2' the list has no item 2 | items count from 0; the list has 2 | "
       "etc/harbor.yaml:1:7 this is a "
       "list\n"},
      {"list.99999999999999999999=x",
       "H0110 12+20 '99999999999999999999' the list has no item 99999999999999999999 | items count "
       "from 0; the list "
       "has 2 | etc/harbor.yaml:1:7 this is a list\n"},
      {"list.x=x",
       "H0110 12+1 'x' 'x' is not the number of an item of a list | items count from 0; the list "
       "has 2 | "
       "etc/harbor.yaml:1:7 this is a list\n"},
      {"list.-1=x",
       "H0110 12+2 '-1' '-1' is not the number of an item of a list | items count from 0; the list "
       "has 2 | "
       "etc/harbor.yaml:1:7 this is a list\n"},
      {"text.x.y=1",
       "H0110 12+1 'x' 'x' cannot be set below a text | shorten the path, to replace the value | "
       "etc/harbor.yaml:2:7 "
       "this is a text\n"},
      {"a=[1",
       "H0110 11+1 '' the value is not YAML: expected ',' or ']' here | separate the items with "
       "',' and close the '[' "
       "with ']'\n"},
      {"a={b: 1, b: 2}",
       "H0110 16+1 'b' the value is not YAML: the key 'b' occurs twice in one mapping | remove one "
       "of the two, or "
       "join them\n"},
      {"a=\"x\" y",
       "H0110 13+1 'y' the value is not YAML: unexpected text after the end of the document | "
       "compare the indentation "
       "with the lines above\n"},
      {"a=\xFF", "H0110 9+1 '\xFF' the byte 0xFF is not UTF-8 | save the file as UTF-8\n"},
  }));
  CAPTURE(setting);
  const std::string text = "list: [1, 2]\ntext: foo\n";
  const Applied applied(text, {setting});
  CHECK(applied.errors() == expected);
  CHECK(to_json(applied.root) == to_json(parse(text, 1)));
}

TEST_CASE("a setting goes no deeper than a document", "[document]") {
  std::string path = "a";
  for (int i = 0; i < 100'000; ++i) path += ".a";
  CHECK(Applied("", {path + "=1"})
            .errors()
            .find("H0110 200007+1 'a' the path has more than 64 keys") == 0);
}
