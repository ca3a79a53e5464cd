#include "diff.hpp"

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

using harbor::templating::unified_diff;

TEST_CASE("a diff shows changes with three lines around them", "[template]") {
  CHECK(unified_diff("f", "a\nb\n", "a\nb\n").empty());
  CHECK(unified_diff("f", "", "a\n") == "--- /dev/null\n+++ f\n@@ -0,0 +1 @@\n+a\n");
  CHECK(unified_diff("f", "a\n", "") == "--- f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n");
  CHECK(unified_diff("f", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nX\n6\n7\n8\n9\n") ==
        "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+X\n 6\n 7\n 8\n");
}

TEST_CASE("a last line without its newline differs", "[template]") {
  CHECK(unified_diff("f", "a", "a\n") ==
        "--- f\n+++ f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

TEST_CASE("control characters are not printed", "[template]") {
  CHECK(unified_diff("f", "", "a\x1b[31m\tb\r\n") ==
        "--- /dev/null\n+++ f\n@@ -0,0 +1 @@\n+a?[31m\tb?\n");
}

TEST_CASE("texts that share nothing take linear time", "[template]") {
  std::string a, b;
  for (int i = 0; i < 50'000; ++i) {
    a += "a" + std::to_string(i) + "\n";
    b += "b" + std::to_string(i) + "\n";
  }
  CHECK(unified_diff("f", a, b).size() > a.size() + b.size());
}

TEST_CASE("patch turns the old text into the new one", "[template]") {
  if (std::system("patch --version >/dev/null 2>&1") != 0) {  // NOLINT(cert-env33-c)
    std::cout << "SKIPPED: there is no `patch`\n";
    return;
  }
  const auto folder = std::filesystem::temp_directory_path() / "harbor-diff-XXXXXX";
  std::string name = folder.string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  std::mt19937 random(Catch::rngSeed());
  INFO("seed " << Catch::rngSeed());
  for (int round = 0; round < 40; ++round) {
    const auto text = [&] {
      std::string all;
      for (unsigned i = random() % 40; i > 0; --i)
        all += std::string(1, static_cast<char>('a' + random() % 5)) + "\n";
      if (random() % 4 == 0) all += "end";
      return all;
    };
    const std::string before = text(), after = text();
    if (before.empty() || after.empty()) continue;
    std::ofstream(name + "/f") << before;
    std::ofstream(name + "/d") << unified_diff("f", before, after);
    const std::string command = "cd '" + name + "' && patch -s --fuzz=0 f d >/dev/null 2>&1";
    if (before != after) CHECK(std::system(command.c_str()) == 0);  // NOLINT(cert-env33-c)
    std::ostringstream patched;
    patched << std::ifstream(name + "/f").rdbuf();
    REQUIRE(patched.str() == after);
  }
  std::filesystem::remove_all(name);
}
