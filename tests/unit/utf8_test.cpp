#include "system/utf8.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "process/capture.hpp"
#include "process/line.hpp"

using harbor::process::Capture;
using harbor::process::LineSplitter;
using harbor::system::repair_utf8;
using harbor::system::Utf8Repair;

namespace {

constexpr auto replaced = "\xEF\xBF\xBD";

std::vector<std::string> split_lines(const std::vector<std::string>& chunks) {
  std::vector<std::string> lines;
  LineSplitter splitter;
  const auto take = [&](std::string_view line) { lines.emplace_back(line); };
  for (const std::string& chunk : chunks) splitter.feed(chunk, take);
  splitter.finish(take);
  return lines;
}

}  // namespace

TEST_CASE("valid UTF-8 stays as it is", "[host]") {
  const std::string text =
      "plain, \xC3\xA9, \xE2\x82\xAC, \xF0\x9F\x9A\xA2, \xEF\xBF\xBD, and a NUL: " +
      std::string(1, '\0');
  Utf8Repair repair;
  CHECK(repair.feed(text) + repair.finish() == text);
  CHECK_FALSE(repair.is_lossy());
}

TEST_CASE("every maximal invalid part becomes one replacement character", "[host]") {
  const std::string r = replaced;
  CHECK(repair_utf8("a\x80z") == "a" + r + "z");
  CHECK(repair_utf8("\xC0\xAF") == r + r);                  // overlong
  CHECK(repair_utf8("\xE0\x80\x80") == r + r + r);          // overlong
  CHECK(repair_utf8("\xED\xA0\x80") == r + r + r);          // a surrogate
  CHECK(repair_utf8("\xF4\x90\x80\x80") == r + r + r + r);  // above U+10FFFF
  CHECK(repair_utf8("\xF5") == r);
  CHECK(repair_utf8("\xE2\x82z") == r + "z");
  CHECK(repair_utf8("\xF0\x9F\x9A") == r);
  CHECK(repair_utf8("\xE2\xE2\x82\xAC") == r + "\xE2\x82\xAC");
  CHECK(repair_utf8("").empty());
}

TEST_CASE("the borders of chunks make no difference to the repair", "[host]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const std::string alphabet = "a\x80\xBF\xC3\xA9\xE0\xE2\x82\xAC\xED\xA0\xF0\x9F\x9A\xF4\x90\xFF";
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (std::size_t i = random() % 24; i > 0; --i) bytes += alphabet[random() % alphabet.size()];
    Utf8Repair repair;
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = 1 + random() % 4;
      text += repair.feed(std::string_view(bytes).substr(at, size));
      at += size;
    }
    text += repair.finish();
    REQUIRE(text == repair_utf8(bytes));
    REQUIRE(repair_utf8(text) == text);
    REQUIRE(repair.is_lossy() == (text != bytes));
  }
}

TEST_CASE("a prefix cuts no character", "[host]") {
  CHECK(harbor::system::utf8_prefix("a\xE2\x82\xAC", 3) == "a");
  CHECK(harbor::system::utf8_prefix("a\xE2\x82\xAC", 4) == "a\xE2\x82\xAC");
  CHECK(harbor::system::utf8_prefix("abc", 2) == "ab");
  CHECK(harbor::system::utf8_prefix("\xE2\x82\xAC", 2).empty());
}

TEST_CASE("lines end at newlines, at CR LF and at a lone CR", "[host]") {
  using Lines = std::vector<std::string>;
  CHECK(split_lines({"a\nb\r\nc\rd"}) == Lines{"a", "b", "c", "d"});
  CHECK(split_lines({"a\r", "\nb"}) == Lines{"a", "b"});
  CHECK(split_lines({"a\r", "b\r", "\r\n"}) == Lines{"a", "b", ""});
  CHECK(split_lines({"\n\n"}) == Lines{"", ""});
  CHECK(split_lines({"10%\r", "20%\r100%\n"}) == Lines{"10%", "20%", "100%"});
  CHECK(split_lines({"", "x", ""}) == Lines{"x"});
}

TEST_CASE("a long line is handed out in parts that cut no character", "[host]") {
  const std::string euro = "\xE2\x82\xAC";
  std::string text;
  while (text.size() < 3 * LineSplitter::longest) text += euro;
  std::string joined;
  for (const std::string& line : split_lines({text.substr(0, 3), text.substr(3), "\nend"})) {
    CHECK(line.size() <= LineSplitter::longest);
    CHECK(repair_utf8(line) == line);
    joined += line;
  }
  CHECK(joined == text + "end");
  const std::string exact(LineSplitter::longest, 'x');
  CHECK(split_lines({exact + "\n" + exact, "\r\n"}) == std::vector<std::string>{exact, exact});
}

TEST_CASE("a capture keeps both ends, cuts no character, and counts as truncated", "[host]") {
  Capture capture(4, nullptr);
  capture.add("ab\xE2");
  capture.add("\x82\xAC");
  capture.add("z");
  capture.finish();
  CHECK(capture.is_truncated());
  CHECK(capture.take_text() == "ab\n[3 bytes are left out here]\nz");

  Capture exact(3, nullptr);
  exact.add("abc");
  exact.finish();
  CHECK_FALSE(exact.is_truncated());
  CHECK(exact.take_text() == "abc");
}
