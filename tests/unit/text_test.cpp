#include "report/text.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace harbor::report;

TEST_CASE("columns follow the terminal, not the bytes", "[report]") {
  CHECK(columns_of("plain") == 5);
  CHECK(columns_of("naïve") == 5);
  CHECK(columns_of("na\u0069\u0308ve") == 5);  // a combining diaeresis
  CHECK(columns_of("日本") == 4);
  CHECK(columns_of("🚀") == 2);
  CHECK(columns_of("✓…⠹") == 3);
  CHECK(columns_of("\t") == 4);
  CHECK(columns_of("\x1b[2J") == 7);
}

TEST_CASE("what would move the cursor is made visible", "[report]") {
  CHECK(visible("a\x1b[2Jb\r\n\a\x7f") == "a\\x1b[2Jb\\x0d\\x0a\\x07\\x7f");
  CHECK(visible(std::string_view{"\0", 1}) == "\\x00");
  CHECK(visible("\u009b2J") == "\\u{9b}2J");                   // CSI as one C1 character
  CHECK(visible("a\u202eb\u2066") == "a\\u{202e}b\\u{2066}");  // text that reads backwards
  CHECK(visible("\u200b\ufeff") == "\\u{200b}\\u{feff}");
}

TEST_CASE("bytes that are not UTF-8 are shown one by one", "[report]") {
  CHECK(visible("\xff") == "\\xff");
  CHECK(visible("a\xc3") == "a\\xc3");
  CHECK(visible("\xc0\xaf") == "\\xc0\\xaf");           // overlong
  CHECK(visible("\xed\xa0\x80") == "\\xed\\xa0\\x80");  // surrogate
  CHECK(visible("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
  CHECK(valid_utf8("a\xffz") == "a\xef\xbf\xbdz");
}

TEST_CASE("colours and overwritten text of a child are dropped", "[report]") {
  CHECK(plain_line("\x1b[1;32mok\x1b[0m") == "ok");
  CHECK(plain_line("10%\r50%\r100%") == "100%");
  CHECK(plain_line("100%\r\n") == "100%");
  CHECK(plain_line("\x1b]0;title\aname") == "name");
  CHECK(plain_line("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\") == "link");
  CHECK(plain_line("\x1b(B\x1b=text\x1b[") == "text");
  CHECK(plain_line("\x1b") == "");
}

TEST_CASE("a cut text says so and is never too wide", "[report]") {
  CHECK(cut("harbor", 6) == "harbor");
  CHECK(cut("harbors", 6) == "har...");
  CHECK(cut("harbors", 6, "…") == "harbo…");
  CHECK(cut("日本語", 5, "…") == "日本…");
  CHECK(cut("日本語", 4, "…") == "日…");
  CHECK(cut("harbors", 2) == "..");
  CHECK(cut("harbors", 0).empty());
}

TEST_CASE("text is wrapped at spaces, long words anywhere", "[report]") {
  CHECK(wrap("one two three four", 9) == std::vector<std::string>{"one two", "three", "four"});
  CHECK(wrap("abcdefghijkl", 8) == std::vector<std::string>{"abcdefgh", "ijkl"});
  CHECK(wrap("a\nb\r\nc\n", 20) == std::vector<std::string>{"a", "b", "c"});
  CHECK(wrap("", 20) == std::vector<std::string>{""});
  CHECK(wrap("12345678 ", 8) == std::vector<std::string>{"12345678"});
  CHECK(wrap("日本語日本語", 8) == std::vector<std::string>{"日本語日", "本語"});
}

TEST_CASE("any bytes stay within the width and lose no visible character", "[report]") {
  std::mt19937 random{20260917};
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 60, ' ');
    for (char& c : text) c = static_cast<char>(random() % 4 == 0 ? ' ' : random() % 256);
    const std::size_t columns = 8 + random() % 40;
    CHECK(columns_of(cut(text, columns)) <= columns);
    std::string joined;
    for (const std::string& line : wrap(text, columns)) {
      CHECK(columns_of(line) <= columns);
      CHECK(visible(line) == line);
      joined += line;
    }
    std::string all;
    for (const char c : text) {
      if (c != '\n') all += c;
    }
    std::string expected = visible(text);
    const auto squeeze = [](std::string& s) { std::erase(s, ' '); };
    if (text.find('\n') == text.npos && text.find('\r') == text.npos) {
      squeeze(expected);
      squeeze(joined);
      CHECK(joined == expected);
    }
  }
}
