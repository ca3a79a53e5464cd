// The same templates rendered by the handlebars package: same texts, or an error on both sides.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <harbor/error.hpp>
#include <iostream>
#include <random>

#include "corpus.hpp"
#include "data.hpp"
#include "process.hpp"
#include "seed.hpp"

using namespace harbor;
using namespace harbor::templating;
namespace fs = std::filesystem;

namespace {

struct Case {
  std::string text;
  bool escapes = false;
};

using Answers = std::vector<std::optional<std::string>>;

/// One node process for all rows. The package is fetched once, into the build folder.
class Handlebars {
 public:
  Handlebars() : folder_(HARBOR_ORACLE_FOLDER), scratch_(folder_ / std::to_string(getpid())) {
    fs::create_directories(scratch_);
  }
  ~Handlebars() { fs::remove_all(scratch_); }
  Handlebars(const Handlebars&) = delete;
  Handlebars& operator=(const Handlebars&) = delete;

  bool is_there() {
    if (!fs::exists(package())) fetch();
    return fs::exists(package()) && test::run({"node", "--version"}, scratch_).status == 0;
  }

  Answers render(const std::vector<Case>& cases) {
    std::string input = test::values().dump() + "\n";
    for (const Case& one : cases)
      input += Json{{"text", one.text}, {"escape", one.escapes}, {"strict", false}}.dump() + "\n";
    const test::Process node =
        test::run({"node", HARBOR_ORACLE_SCRIPT, package()}, scratch_, input);
    CAPTURE(node.err);
    REQUIRE(node.status == 0);
    Answers answers;
    for (const Json& answer : Json::parse(node.out))
      answers.push_back(answer.is_null() ? std::nullopt : std::optional(answer.get<std::string>()));
    return answers;
  }

 private:
  std::string package() const { return folder_ / "node_modules" / "handlebars"; }

  /// Tests may do this at the same time: the first to finish wins.
  void fetch() {
    test::run({"npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", scratch_,
               "handlebars@4.7"},
              scratch_);
    std::error_code ignored;
    fs::rename(scratch_ / "node_modules", folder_ / "node_modules", ignored);
  }

  fs::path folder_;
  fs::path scratch_;
};

void compare(Handlebars& handlebars, const std::vector<Case>& cases) {
  const Answers theirs = handlebars.render(cases);
  const Data data(test::values());
  REQUIRE(theirs.size() == cases.size());
  std::size_t errors = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    std::optional<std::string> ours;
    std::string why;
    try {
      ours = render(Template::parse(cases[i].text, "t"), data,
                    {.is_strict = false, .escapes_html = cases[i].escapes});
    } catch (const Error& error) {
      why = error.message;
      ++errors;
    }
    CAPTURE(cases[i].text, cases[i].escapes, why);
    CHECK(ours.value_or("(an error)") == theirs[i].value_or("(an error)"));
  }
  std::cout << cases.size() - errors << " templates with the same output, " << errors
            << " that are errors on both sides\n";
}

/// Templates of the language, mostly well-formed. Left out on purpose: a context that is null,
/// which the package turns into an object, and helpers that do not exist, which it notices only
/// when it gets there.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string text() { return body(0) + body(0); }

 private:
  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::string any(const std::vector<std::string>& of) { return of[below(of.size())]; }

  std::string path() {
    return any({"A",        "B",         "n",          "zero",        "half",   "yes",
                "no",       "nil",       "empty",      "list",        "none",   "nums",
                "objs",     "o",         "o.k1",       "o.k2.deep",   "o/k2/A", "o.[k 3]",
                "[a b]",    "this",      "this.A",     "./A",         ".",      "../A",
                "../..",    "../../A",   "missing",    "o.missing.x", "list.0", "list.length",
                "list.[1]", "@root.A",   "@root/o.k1", "@index",      "@key",   "@first",
                "@last",    "@../index", "@../key",    "name",        "v",      "tags",
                "deep",     "k1",        "grid",       "mixed",       "s",      "s.length",
                "nothing",  "nums.1",    ".."});
  }

  std::string literal() {
    return any(
        {"\"lit\"", "'l q'", "1", "0", "-2.5", "true", "false", "undefined", "\"\"", "\"a\\\"b\""});
  }

  std::string parameter(int depth = 0) {
    if (depth < 2 && one_in(5)) return "(" + call(depth + 1) + ")";
    return one_in(4) ? literal() : path();
  }

  std::string call(int depth = 0) {
    const std::string plain = any({"A", "B", "n", "empty", "missing", "nil", "yes", "\"Lit\"",
                                   "o.k1", "@index", "@key", "s"});
    switch (below(6)) {
      case 0:
        return "upper " + plain;
      case 1:
        return "lower " + plain;
      case 2:
        return "default " + parameter(depth) + " " + parameter(depth);
      case 3:
        return "join " + any({"list", "none", "nums", "missing", "mixed", "grid"}) +
               any({"", " \", \"", " '-'", " n"});
      case 4:
        return "eq " + plain + " " +
               any({"A", "n", "missing", "nil", "\"alpha\"", "5", "'5'", "zero", "no", "list.0",
                    "0"});
      default:
        return "json " + any({"A", "B", "n", "list", "o", "nil", "objs", "missing", "no"});
    }
  }

  std::string side() { return one_in(5) ? "~" : ""; }
  std::string tag(const std::string& mark, const std::string& inner) {
    return "{{" + side() + mark + inner + side() + "}}";
  }

  std::string space() {
    return any({"", "", "", " ", "  ", "\n", "\n", "\n  ", "  \n", "\t\n", "\r\n", "text", "x\n",
                "{ ", " }", "a\\b", "\xC3\xA9 ", " \n\n ", "\xC2\xA0"});
  }

  std::string body(int depth) {
    std::string text;
    for (std::size_t i = 0, n = below(3); i < n; ++i) text += space() + statement(depth) + space();
    return text + space();
  }

  std::string statement(int depth) {
    if (one_in(60))
      return any({"{{", "}}", "{{/A}}", "{{else}}", "{{A", "{{A)}}", "{{=A}}", "{{A}}}", "{{{A}}",
                  "{{else if A}}", "{{}}"});
    if (one_in(25)) return any({"\\{{A}}", "\\\\{{A}}", "\\{{A}} \\{{B}}"});
    if (one_in(12))
      return any({"{{! c }}", "{{!-- {{c}} --}}", "{{~! c ~}}", "{{!--c--~}}", "{{~!--c--}}",
                  "{{!}}", "{{!----}}"});
    if (depth > 3 || one_in(2)) return inline_tag();
    return block(depth);
  }

  std::string inline_tag() {
    const std::string inner = one_in(4) ? call() : path();
    switch (below(6)) {
      case 0:
        return "{{" + side() + "{" + inner + "}" + side() + "}}";
      case 1:
        return tag("&", any({"", " "}) + inner);
      default:
        return tag("", inner);
    }
  }

  std::string otherwise(int depth) {
    if (!one_in(3)) return "";
    return any({tag("", "else"), tag("^", ""), tag("", " else ")}) + body(depth + 1);
  }

  std::string block(int depth) {
    const std::string name = any({"if", "unless", "each", "with", "section", "inverted", "chain"});
    if (name == "section" || name == "inverted") {
      const std::string of = path();
      return tag(name == "section" ? "#" : "^", of) + body(depth + 1) + otherwise(depth) +
             tag("/", of);
    }
    const std::string list = any({"list", "none", "nums", "objs", "o", "missing", "tags", "grid",
                                  "mixed", "A", "nothing", "@root.objs"});
    if (name == "each")
      return tag("#", "each " + list) + body(depth + 1) + otherwise(depth) + tag("/", "each");
    if (name == "chain") {
      std::string text = tag("#", "if " + parameter()) + body(depth + 1);
      for (std::size_t i = 0, n = 1 + below(3); i < n; ++i)
        text +=
            tag("", any({"else ", " else  "}) + any({"if " + parameter(), "unless " + parameter(),
                                                     "each " + list, "with o", path()})) +
            body(depth + 1);
      return text + otherwise(depth) + tag("/", "if");
    }
    const std::string option =
        name == "with" ? "" : any({"", "", "", " includeZero=true", " includeZero=no"});
    return tag(one_in(8) ? "^" : "#", any({"", " "}) + name + " " + parameter() + option) +
           body(depth + 1) + otherwise(depth) + tag("/", name);
  }

  std::mt19937 random_;
};

bool is_missing(Handlebars& handlebars) {
  if (handlebars.is_there()) return false;
  std::cout << "SKIPPED: node or the handlebars package is missing\n";
  return true;
}

}  // namespace

TEST_CASE("the corpus is what the handlebars package says", "[template][oracle]") {
  Handlebars handlebars;
  if (is_missing(handlebars)) return;
  std::vector<Case> cases;
  for (const bool escapes : {false, true}) {
    for (const test::Row& row : test::corpus()) cases.push_back({row.text, escapes});
    for (const std::string& text : test::bad_corpus()) cases.push_back({text, escapes});
  }
  compare(handlebars, cases);
}

TEST_CASE("5,000 generated templates are the same to the handlebars package",
          "[template][oracle]") {
  Handlebars handlebars;
  if (is_missing(handlebars)) return;
  const unsigned seed = test::seed();
  CAPTURE(seed);
  Generator generator(seed);
  std::vector<Case> cases;
  for (int i = 0; i < 5'000; ++i) cases.push_back({generator.text(), i % 2 == 0});
  compare(handlebars, cases);
}
