#include "secret/masker.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "secret/form.hpp"

using harbor::secret::Masker;

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view mask = Masker::mask;

/// Another implementation than the masker's own: by the definition, bit for bit.
std::string base64(std::string_view bytes, bool is_url = false) {
  std::string bits;
  for (const char c : bytes) {
    for (int i = 7; i >= 0; --i)
      bits += ((static_cast<unsigned char>(c) >> i) & 1) != 0 ? '1' : '0';
  }
  while (bits.size() % 6 != 0) bits += '0';
  std::string text;
  for (std::size_t i = 0; i < bits.size(); i += 6)
    text += alphabet[std::stoul(bits.substr(i, 6), nullptr, 2)];
  if (is_url) {
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  } else {
    while (text.size() % 4 != 0) text += '=';
  }
  return text;
}

std::string percent(std::string_view bytes, const char* format) {
  std::string text;
  for (const char c : bytes) {
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, format,
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    text += std::isalnum(static_cast<unsigned char>(c)) != 0 ? std::string(1, c) : escaped;
  }
  return text;
}

std::string random_text(std::mt19937& random, std::size_t size, std::string_view from) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += from[random() % from.size()];
  return text;
}

Masker masker_of(const std::vector<std::string>& secrets) {
  Masker masker;
  for (const std::string& secret : secrets) masker.add(secret);
  return masker;
}

/// What the union of all occurrences of all forms looks like, found by trying every place.
std::string mask_slowly(const std::vector<std::string>& secrets, const std::string& text) {
  std::vector<bool> is_secret(text.size(), false);
  for (const std::string& secret : secrets) {
    for (const auto& form : harbor::secret::secret_forms(secret, Masker::shortest)) {
      const std::string_view word(form);
      for (std::size_t at = text.find(word); at != std::string::npos;
           at = text.find(word, at + 1)) {
        std::fill_n(is_secret.begin() + static_cast<std::ptrdiff_t>(at), word.size(), true);
      }
    }
  }
  std::string masked;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_secret[i]) {
      masked += text[i];
    } else if (i == 0 || !is_secret[i - 1]) {
      masked += mask;
    }
  }
  return masked;
}

}  // namespace

TEST_CASE("a masker without values changes nothing", "[host]") {
  const Masker masker;
  CHECK(masker.is_empty());
  CHECK(masker.apply("all of it") == "all of it");
  CHECK(masker.apply("").empty());
}

TEST_CASE("a value is masked wherever it stands", "[host]") {
  const Masker masker = masker_of({"hunter2"});
  CHECK(masker.apply("hunter2") == "******");
  CHECK(masker.apply("the password is hunter2.") == "the password is ******.");
  CHECK(masker.apply("hunter2 hunter2x hunter") == "****** ******x hunter");
}

TEST_CASE("values of fewer than four bytes are not masked", "[host]") {
  Masker masker = masker_of({"", "a", "yes"});
  CHECK(masker.is_empty());
  CHECK(masker.apply("yes, a no") == "yes, a no");
  masker.add("true");
  CHECK(masker.apply("yes, true") == "yes, ******");
}

TEST_CASE("matches that overlap or touch become one mask", "[host]") {
  CHECK(masker_of({"abcdef", "defghi"}).apply("<abcdefghi>") == "<******>");
  CHECK(masker_of({"abcd", "efgh"}).apply("<abcdefgh>") == "<******>");
  CHECK(masker_of({"abcdefgh", "cdef"}).apply("<abcdefgh>") == "<******>");
  CHECK(masker_of({"abcdefgh", "cdef"}).apply("<abcdefg>") == "<ab******g>");
  CHECK(masker_of({"aaaa"}).apply("baaaaaaab") == "b******b");
}

TEST_CASE("base64 is masked at every shift", "[host]") {
  const std::string secret = "p?ssw~rd>with\xFE\xFF?";
  const Masker masker = masker_of({secret});
  for (const std::string prefix : {"", "u", "us", "use", "user:"}) {
    for (const std::string suffix : {"", "x", "xy", "xyz"}) {
      for (const bool is_url : {false, true}) {
        const std::string masked = masker.apply(base64(prefix + secret + suffix, is_url));
        INFO(prefix << " + secret + " << suffix << " -> " << masked);
        CHECK(masked.find(mask) != std::string::npos);
        // At most one character at each side shares its bits with a neighbour; two may be padding.
        CHECK(masked.size() <= mask.size() + base64(prefix).size() + base64(suffix).size() + 4);
      }
    }
  }
  CHECK(masker.apply(base64(secret)) == mask);
}

TEST_CASE("base64 that is wrapped into lines is masked", "[host]") {
  const std::string secret(150, 's');
  const Masker masker = masker_of({secret});
  for (const std::size_t width : {64U, 76U}) {
    const std::string text = base64(secret);
    for (std::size_t i = 0; i < text.size(); i += width)
      CHECK(masker.apply(text.substr(i, width)) == mask);
  }
}

TEST_CASE("percent-encoded values are masked", "[host]") {
  const Masker masker = masker_of({"a b/c?d=\xC3\xA9&!"});
  CHECK(masker.apply("q=a%20b%2Fc%3Fd%3D%C3%A9%26%21;") == "q=******;");
  CHECK(masker.apply("q=a%20b%2fc%3fd%3d%c3%a9%26%21;") == "q=******;");
  CHECK(masker.apply("q=a+b%2Fc%3Fd%3D%C3%A9%26%21;") == "q=******;");
  CHECK(masker.apply("q=a%20b%2Fc%3Fd%3D%C3%A9%26!;") == "q=******;");
  CHECK(masker.apply("q=a%20b/c?d=%C3%A9&!;") == "q=******;");
}

TEST_CASE("JSON-escaped values are masked", "[host]") {
  const Masker masker = masker_of({"a\"b\\c\td<e>\x01\xC3\xA9\xF0\x9F\x9A\xA2"});
  CHECK(masker.apply("\"a\\\"b\\\\c\\td<e>\\u0001\xC3\xA9\xF0\x9F\x9A\xA2\"") == "\"******\"");
  CHECK(masker.apply("\"a\\\"b\\\\c\\td\\u003ce\\u003e\\u0001\xC3\xA9\xF0\x9F\x9A\xA2\"") ==
        "\"******\"");
  CHECK(masker.apply("\"a\\\"b\\\\c\\td<e>\\u0001\\u00e9\\ud83d\\udea2\"") == "\"******\"");
}

TEST_CASE("shell-quoted values are masked", "[host]") {
  const Masker masker = masker_of({"it's $5 \"now\""});
  CHECK(masker.apply("X='it'\\''s $5 \"now\"'") == "X='******'");
  CHECK(masker.apply("X='it'\"'\"'s $5 \"now\"'") == "X='******'");
  CHECK(masker.apply("X=\"it's \\$5 \\\"now\\\"\"") == "X=\"******\"");
  CHECK(masker.apply("X=it\\'s\\ \\$5\\ \\\"now\\\"") == "X=******");
}

TEST_CASE("each line of a multi-line value is masked", "[host]") {
  const Masker masker = masker_of({"-----BEGIN-----\r\nline one\nxy\nline two\n"});
  CHECK(masker.apply("  line one!") == "  ******!");
  CHECK(masker.apply("-----BEGIN-----") == "******");
  CHECK(masker.apply("xy") == "xy");
  CHECK(masker.apply("-----BEGIN-----\r\nline one\nxy\nline two\n") == "******");
  CHECK(masker.apply(base64("user:line two")).find(mask) != std::string::npos);
}

TEST_CASE("the lines of a multi-line value are masked whatever their indentation", "[host]") {
  const Masker masker = masker_of({"key:\n    line one\t\n\tline two"});
  CHECK(masker.apply("line one") == mask);
  CHECK(masker.apply("- line one.") == "- ******.");
  CHECK(masker.apply("      line two") == "      ******");
  CHECK(masker.apply(base64("user:line one!")).find(mask) != std::string::npos);
}

TEST_CASE("values that Go quotes are masked", "[host]") {
  const Masker masker = masker_of({"it's \"5\"\a\v\x01\\\xC3\xA9\xE2\x80\x8B\xFF\xF0\x9F\x9A\xA2"});
  CHECK(masker.apply("got \"it's \\\"5\\\"\\a\\v\\x01\\\\\xC3\xA9\\u200b\\xff\xF0\x9F\x9A\xA2\"") ==
        "got \"******\"");
  CHECK(masker.apply("got \"it's \\\"5\\\"\\a\\v\\x01\\\\\\u00e9\\u200b\\xff\\U0001f6a2\"") ==
        "got \"******\"");
}

TEST_CASE("the beginning of a value is masked where something was cut off", "[host]") {
  const Masker masker = masker_of({"correct-horse-battery"});
  CHECK(masker.apply("is correct-horse... no") == "is ******... no");
  CHECK(masker.apply("is correct-\xE2\x80\xA6") == "is ******\xE2\x80\xA6");
  CHECK(masker.apply("\"" + base64("correct-horse-battery").substr(0, 12) + "...\"") ==
        "\"******...\"");
  CHECK(masker.apply("is correct.. or correct-. or correct") ==
        "is correct.. or correct-. or correct");
  CHECK(masker.apply("corr...") == "corr...");

  const std::string text = "a correct-horse... b correct-horse.. c correct-horse-battery...";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Masker::Stream stream(masker);
    std::string masked = stream.feed(text.substr(0, cut));
    masked += stream.feed(text.substr(cut));
    masked += stream.finish();
    CHECK(masked == "a ******... b correct-horse.. c ******...");
  }
}

TEST_CASE("a stream that was cut ends in no beginning of a value", "[host]") {
  const Masker masker = masker_of({"correct-horse-battery"});
  for (const std::string end : {"correct-", "correct-horse-batter", "correct-horse-battery"}) {
    Masker::Stream stream(masker);
    std::string masked = stream.feed("a " + end);
    masked += stream.finish_cut();
    CHECK(masked == "a ******");
  }
  Masker::Stream stream(masker);
  CHECK(stream.feed("a correct") == "a ");
  CHECK(stream.finish_cut() == "correct");
}

TEST_CASE("what would be masked can be had", "[host]") {
  const Masker masker = masker_of({"hunter2", "swordfish"});
  CHECK(masker.find("a hunter2, a swordfish") ==
        std::vector<std::string_view>{"hunter2", "swordfish"});
  CHECK(masker.find("nothing").empty());
  CHECK(Masker().find("nothing").empty());
}

TEST_CASE("a binary value is masked in the form that Harbor prints it in", "[host]") {
  const Masker masker = masker_of({"ab\xFFyz"});
  CHECK(masker.apply("ab\xFFyz") == mask);
  CHECK(masker.apply("ab\xEF\xBF\xBDyz") == mask);
}

TEST_CASE("a copy shares the values", "[host]") {
  Masker masker;
  const Masker copy = masker;
  masker.add("hunter2");
  CHECK(copy.apply("hunter2") == mask);
}

TEST_CASE("a stream finds a secret that is cut anywhere", "[host]") {
  const Masker masker = masker_of({"hunter2"});
  const std::string text = "a hunter2 b";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Masker::Stream stream(masker);
    std::string masked = stream.feed(text.substr(0, cut));
    masked += stream.feed(text.substr(cut));
    masked += stream.finish();
    CHECK(masked == "a ****** b");
  }
}

TEST_CASE("a stream holds back no more than the beginning of a secret", "[host]") {
  const Masker masker = masker_of({"hunter2"});
  Masker::Stream stream(masker);
  CHECK(stream.feed("name: ") == "name: ");
  CHECK(stream.feed("hunt") == "");
  CHECK(stream.feed("ing") == "hunting");
  CHECK(stream.finish().empty());
}

TEST_CASE("a value that is added between two chunks is found from then on", "[host]") {
  Masker masker;
  Masker::Stream stream(masker);
  std::string masked = stream.feed("hunter2 ");
  masker.add("hunter2");
  masked += stream.feed("hunt");
  masked += stream.feed("er2");
  masked += stream.finish();
  CHECK(masked == "hunter2 ******");
}

TEST_CASE("what is released is the beginning at most, and the rest stays masked", "[host]") {
  const Masker masker = masker_of({"hunter2"});
  Masker::Stream stream(masker);
  std::string echo;
  for (const char key : std::string("hunter2")) {
    echo += stream.feed(std::string(1, key));
    echo += stream.release();
  }
  echo += stream.finish();
  CHECK(echo == "hun******");

  CHECK(stream.feed("hu") == "");
  CHECK(stream.release() == "hu");
  CHECK(stream.release() == "");
  CHECK(stream.feed("g") == "g");
  CHECK(stream.finish() == "");
}

TEST_CASE("what a match covers stays covered while more is held back", "[host]") {
  const Masker masker = masker_of({"aaba"});
  Masker::Stream stream(masker);
  std::string masked;
  for (const std::string chunk : {"aaba", "a", "b", "c"}) masked += stream.feed(chunk);
  CHECK(masked + stream.finish() == "******abc");
}

TEST_CASE("masking is the union of all occurrences, whatever the chunks", "[host]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 1000; ++round) {
    // A small alphabet makes matches overlap, nest and almost happen.
    std::vector<std::string> secrets;
    for (std::size_t i = random() % 5; i > 0; --i)
      secrets.push_back(random_text(random, 1 + random() % 9, "ab\n"));
    const Masker masker = masker_of(secrets);
    const std::string text = random_text(random, random() % 80, "ab\nYWI");
    const std::string whole = masker.apply(text);
    REQUIRE(whole == mask_slowly(secrets, text));

    Masker::Stream stream(masker);
    std::string streamed;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = random() % 4;
      streamed += stream.feed(std::string_view(text).substr(at, size));
      at += size;
    }
    streamed += stream.finish();
    REQUIRE(streamed == whole);
  }
}

TEST_CASE("no form of a random secret survives, and other text is untouched", "[host]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  std::string bytes;
  for (int c = 1; c < 256; ++c) bytes += static_cast<char>(c == '*' ? '#' : c);
  for (int round = 0; round < 300; ++round) {
    const std::string secret = random_text(random, 4 + random() % 60, bytes);
    const Masker masker = masker_of({secret});
    const std::string around = random_text(random, random() % 6, "0123456789 ");
    for (const std::string& form : {secret, base64(secret), base64(secret, true),
                                    percent(secret, "%%%02X"), percent(secret, "%%%02x")}) {
      const std::string masked = masker.apply(around + form + around);
      REQUIRE(masked.find(form) == std::string::npos);
      REQUIRE(masked.find(mask) != std::string::npos);
    }
    for (std::size_t shift = 0; shift < 3; ++shift) {
      const std::string encoded = base64(std::string(shift, 'u') + secret + "tail");
      const std::size_t first = (shift * 8 + 5) / 6;
      const std::size_t end = (shift + secret.size()) * 8 / 6;
      REQUIRE(masker.apply(encoded).find(encoded.substr(first, end - first)) == std::string::npos);
    }
    REQUIRE(masker.apply(around) == around);
  }
}

TEST_CASE("many threads may mask while values are added", "[host]") {
  Masker masker;
  masker.add("hunter2");
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string value = "value-" + std::to_string(t) + "-" + std::to_string(i);
        masker.add(value);
        if (masker.apply("hunter2 " + value + ".") != "****** ******.") ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("a thousand secrets in ten megabytes", "[host][!hide][bench]") {
  std::mt19937 random(1);
  Masker masker;
  std::vector<std::string> secrets;
  for (int i = 0; i < 1000; ++i) secrets.push_back(random_text(random, 32, alphabet));
  for (const std::string& secret : secrets) masker.add(secret);
  std::string prose;
  std::string noise = random_text(random, 10'000'000, alphabet);
  while (prose.size() < 10'000'000) {
    prose += "2026-01-01T00:00:00Z service-" + std::to_string(random() % 100) +
             " answered a request in ms, key=";
    prose += random() % 100 == 0 ? secrets[random() % secrets.size()] : "none\n";
  }
  const auto measure = [&](const char* what, const std::string& text) {
    const auto start = std::chrono::steady_clock::now();
    const std::string masked = masker.apply(text);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    std::cout << what << ": " << took.count() << " ms\n";
    CHECK(masked.size() <= text.size());
  };
  measure("build", "x");
  measure("log lines", prose);
  measure("random base64", noise);
}
