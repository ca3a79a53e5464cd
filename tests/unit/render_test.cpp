#include "report/render.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <sstream>
#include <stdexcept>

#include "report/code.hpp"
#include "report/text.hpp"

using namespace harbor;
using namespace harbor::report;

namespace {

/// Source files as a table; `lines` start at line 1.
SourceLine files(std::map<std::string, std::vector<std::string>> all) {
  return [all = std::move(all)](const std::string& file,
                                std::uint32_t line) -> std::optional<std::string> {
    const auto known = all.find(file);
    if (known == all.end() || line == 0 || line > known->second.size()) return std::nullopt;
    return known->second[line - 1];
  };
}

SourceLine line_of(std::string text) {
  return
      [text = std::move(text)](const std::string&, std::uint32_t) { return std::optional{text}; };
}

Diagnostic at(Span span, std::string text = {}) {
  Diagnostic diagnostic;
  diagnostic.code = "H0101";
  diagnostic.message = "wrong";
  diagnostic.labels.push_back({std::move(span), std::move(text)});
  return diagnostic;
}

std::string plain(const Diagnostic& diagnostic, const SourceLine& source = {},
                  unsigned width = 80) {
  return render(diagnostic, source, {false, width});
}

}  // namespace

TEST_CASE("an error looks like a compiler's", "[report]") {
  Diagnostic diagnostic;
  diagnostic.code = "H0201";
  diagnostic.message = "unknown action 'begni.up'";
  diagnostic.labels = {{{"etc/harbor.yaml", 14, 15, 8}, ""}};
  diagnostic.hint = "did you mean 'begin.up'?";
  CHECK(plain(diagnostic, line_of("    - action: begni.up")) ==
        "error[H0201]: unknown action 'begni.up'\n"
        "  --> etc/harbor.yaml:14:15\n"
        "   |\n"
        "14 |     - action: begni.up\n"
        "   |               ^^^^^^^^\n"
        "   = help: did you mean 'begin.up'?\n");
}

TEST_CASE("labels in several lines and files are each shown", "[report]") {
  Diagnostic diagnostic = at({"b.yaml", 9, 1, 4}, "again here");
  diagnostic.message = "duplicate key 'port'";
  diagnostic.labels.push_back({{"b.yaml", 2, 1, 4}, "first here"});
  diagnostic.labels.push_back({{"a.yaml", 1, 3, 5}, "wanted by this"});
  const auto source = files(
      {{"a.yaml", {"- image"}}, {"b.yaml", {"x", "port: 1", "", "", "", "", "", "", "port: 2"}}});
  CHECK(plain(diagnostic, source) ==
        "error[H0101]: duplicate key 'port'\n"
        " --> b.yaml:9:1\n"
        "  |\n"
        "2 | port: 1\n"
        "  | ---- first here\n"
        "...\n"
        "9 | port: 2\n"
        "  | ^^^^ again here\n"
        " ::: a.yaml:1:3\n"
        "  |\n"
        "1 | - image\n"
        "  |   ----- wanted by this\n");
}

TEST_CASE("two labels of one line stand below it", "[report]") {
  Diagnostic diagnostic = at({"a", 1, 1, 2}, "this");
  diagnostic.labels.push_back({{"a", 1, 6, 3}, "that"});
  CHECK(plain(diagnostic, line_of("ab = cde")) ==
        "error[H0101]: wrong\n"
        " --> a:1:1\n"
        "  |\n"
        "1 | ab = cde\n"
        "  | ^^ this\n"
        "  |      --- that\n");
}

TEST_CASE("causes stand between places and help, outermost first", "[report]") {
  Diagnostic diagnostic;
  diagnostic.code = "acme.quota";
  diagnostic.message = "cannot start 'web'";
  diagnostic.causes = {"while running step 'up'", "exit status 7"};
  diagnostic.hint = "free some memory";
  CHECK(plain(diagnostic) ==
        "error[acme.quota]: cannot start 'web'\n"
        "  = caused by: while running step 'up'\n"
        "  = caused by: exit status 7\n"
        "  = help: free some memory\n");
}

TEST_CASE("a place whose file is gone is still named, with what is said about it", "[report]") {
  CHECK(plain(at({"gone.yaml", 3, 5, 2}, "set here")) ==
        "error[H0101]: wrong\n"
        " --> gone.yaml:3:5\n"
        "  = note: set here\n");
  CHECK(plain(at({"gone.yaml", 0, 0, 0})) == "error[H0101]: wrong\n --> gone.yaml\n");
  const SourceLine throwing = [](const std::string&, std::uint32_t) -> std::optional<std::string> {
    throw std::runtime_error{"disk"};
  };
  CHECK(plain(at({"bad", 1, 1, 1}), throwing) == "error[H0101]: wrong\n --> bad:1:1\n");
}

TEST_CASE("a warning says so, and no code is no brackets", "[report]") {
  Diagnostic diagnostic;
  diagnostic.message = "deprecated";
  diagnostic.severity = Severity::warning;
  CHECK(plain(diagnostic) == "warning: deprecated\n");
}

TEST_CASE("long messages and hints are wrapped below themselves", "[report]") {
  Diagnostic diagnostic;
  diagnostic.code = "H0701";
  diagnostic.message = "the lock of this project is held by another run since this morning";
  diagnostic.hint = "wait for it, or use --lock-timeout\nor stop it";
  CHECK(plain(diagnostic, {}, 40) ==
        "error[H0701]: the lock of this project\n"
        "             is held by another run\n"
        "             since this morning\n"
        "  = help: wait for it, or use\n"
        "          --lock-timeout\n"
        "          or stop it\n");
}

TEST_CASE("carets stand below what they mean: tabs, wide and combining characters", "[report]") {
  CHECK(plain(at({"a", 1, 2, 3}), line_of("\tabc")) ==
        "error[H0101]: wrong\n --> a:1:2\n  |\n1 |     abc\n  |     ^^^\n");
  CHECK(plain(at({"a", 1, 9, 6}), line_of("name: "
                                          "日本語"))
            .find("1 | name: 日本語\n  |       ^^^^") == std::string::npos);
  CHECK(plain(at({"a", 1, 10, 6}), line_of("name: 日本語")) ==
        "error[H0101]: wrong\n --> a:1:10\n  |\n1 | name: 日本語\n  |         ^^^^\n");
  CHECK(plain(at({"a", 1, 6, 1}),
              line_of("a\u0308b=c")) ==  // the diaeresis takes two bytes, no column
        "error[H0101]: wrong\n --> a:1:6\n  |\n1 | a\u0308b=c\n  |    ^\n");
  CHECK(plain(at({"a", 1, 3, 1}), line_of("\x1b[x")) ==
        "error[H0101]: wrong\n --> a:1:3\n  |\n1 | \\x1b[x\n  |      ^\n");
}

TEST_CASE("a span is clipped to its line", "[report]") {
  CHECK(plain(at({"a", 1, 3, 500}), line_of("abcd\r\n")) ==
        "error[H0101]: wrong\n --> a:1:3\n  |\n1 | abcd\n  |   ^^\n");
  CHECK(plain(at({"a", 1, 99, 4}), line_of("abcd")) ==
        "error[H0101]: wrong\n --> a:1:99\n  |\n1 | abcd\n  |     ^\n");
  CHECK(plain(at({"a", 1, 1, 0}), line_of("")) ==
        "error[H0101]: wrong\n --> a:1:1\n  |\n1 |\n  | ^\n");
  CHECK(plain(at({"a", 1, 0, 0}), line_of("  ab")) ==
        "error[H0101]: wrong\n --> a:1\n  |\n1 |   ab\n  |   ^^\n");
}

TEST_CASE("a line that is too long is cut around the caret", "[report]") {
  const std::string line = std::string(60, 'a') + "HERE" + std::string(60, 'b');
  CHECK(plain(at({"a", 1, 61, 4}), line_of(line), 40) ==
        "error[H0101]: wrong\n"
        " --> a:1:61\n"
        "  |\n"
        "1 | ...aaaaaaaaaaaaHEREbbbbbbbbbbbbbb...\n"
        "  |                ^^^^\n");
  CHECK(plain(at({"a", 1, 1, 4}), line_of(line), 40)
            .find("1 | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\n  | ^^^^\n") != std::string::npos);
}

TEST_CASE("a label that has no room beside the carets stands below them", "[report]") {
  CHECK(plain(at({"a", 1, 3, 2}, "this is longer than what is left of it"), line_of("ab12"), 40) ==
        "error[H0101]: wrong\n"
        " --> a:1:3\n"
        "  |\n"
        "1 | ab12\n"
        "  |   ^^\n"
        "  |   this is longer than what is left\n"
        "  |   of it\n");
}

TEST_CASE("colour only adds escape sequences", "[report]") {
  Diagnostic diagnostic = at({"a", 1, 1, 2}, "text");
  diagnostic.hint = "hint";
  const std::string colored = render(diagnostic, line_of("abcd"), {true, 80});
  CHECK(colored.find("\x1b[1;31merror[H0101]: \x1b[0m\x1b[1mwrong\x1b[0m\n") == 0);
  std::string without;
  std::istringstream lines{colored};
  for (std::string line; std::getline(lines, line);) {
    CHECK(std::count(line.begin(), line.end(), '\x1b') % 2 == 0);  // every line ends without colour
    without += plain_line(line) + "\n";
  }
  CHECK(without == plain(diagnostic, line_of("abcd")));
}

TEST_CASE("no field can move the cursor", "[report]") {
  Diagnostic diagnostic = at({"f\x1b[2J", 1, 1, 1}, "l\x1b[A");
  diagnostic.code = "c\x1b[B";
  diagnostic.message = "m\x1b]0;owned\a\r";
  diagnostic.causes = {"one\x1b[1A\ntwo"};
  diagnostic.hint = "\u202eh";
  const std::string text = plain(diagnostic, line_of("\x9b"
                                                     "2J\x1b[C"));
  CHECK(text.find_first_of("\x1b\a\r\x9b") == std::string::npos);
  CHECK(text.find("\u202e") == std::string::npos);
  CHECK(text.find("= caused by: one\\x1b[1A\n               two\n") != std::string::npos);
}

TEST_CASE("any diagnostic is rendered, within the width", "[report]") {
  std::mt19937 random{20260921};
  const auto bytes = [&](std::size_t limit) {
    std::string text(random() % limit, ' ');
    for (char& c : text)
      c = static_cast<char>(random() % 3 == 0 ? random() % 256 : 'a' + random() % 26);
    return text;
  };
  const auto number = [&]() -> std::uint32_t {
    return random() % 5 == 0 ? random() : random() % 80;
  };
  for (int round = 0; round < 3000; ++round) {
    Diagnostic diagnostic;
    diagnostic.code = bytes(8);
    diagnostic.message = bytes(200);
    diagnostic.hint = bytes(100);
    for (auto count = random() % 4; count > 0; --count) diagnostic.causes.push_back(bytes(120));
    for (auto count = random() % 5; count > 0; --count) {
      diagnostic.labels.push_back(
          {{random() % 2 ? "a" : "b", number() % 5, number(), number()}, bytes(90)});
    }
    std::string line = bytes(random() % 10 == 0 ? 5000 : 90);
    std::erase(line, '\n');
    const unsigned width = random() % 120;
    const std::string text = render(diagnostic, line_of(line), {false, width});
    REQUIRE_FALSE(text.empty());
    REQUIRE(text.back() == '\n');
    std::istringstream lines{text};
    for (std::string row; std::getline(lines, row);) {
      INFO(row);
      // Places are never cut: people click on them.
      const bool is_place = row.find("--> ") != row.npos || row.find("::: ") != row.npos;
      REQUIRE((is_place || columns_of(row) <= std::max(width, 40u)));
      REQUIRE(visible(row) == row);
    }
    REQUIRE_NOTHROW(to_json(diagnostic).dump());
  }
}

TEST_CASE("a diagnostic as data has all its parts", "[report]") {
  Diagnostic diagnostic = diagnose("H0701", "locked", {{{"var/lock", 1, 2, 3}, "t"}}, "wait");
  diagnostic.causes = {"c\xff"};
  CHECK(to_json(diagnostic) == nlohmann::json::parse(R"({
    "code": "H0701", "severity": "error", "message": "locked", "hint": "wait", "exit": 75, "causes": ["c�"],
    "labels": [{"file": "var/lock", "line": 1, "column": 2, "length": 3, "text": "t"}]})"));
}
