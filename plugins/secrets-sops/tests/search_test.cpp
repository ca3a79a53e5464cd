#include "search.hpp"

#include <catch2/catch.hpp>

#include "project.hpp"

using namespace harbor::secrets_sops;

TEST_CASE("needles are found anywhere, also across the pieces of a large file", "[secrets]") {
  Project project;
  const std::string value(9000, 'x');
  const Search search({{"SHORT", "as it is", "needle"}, {"LONG", "as it is", value + "!"}});
  for (const std::size_t before : {0U, 1U, 1048570U, 1048575U, 1048576U, 1050000U}) {
    project.write("big",
                  std::string(before, '.') + "needle" + std::string(5000, '.') + value + "!");
    CHECK(search.in_file(project.folder / "big").size() == 2);
  }
  project.write("big", std::string(3000000, 'x'));
  CHECK(search.in_file(project.folder / "big").empty());
  CHECK(search.in_file(project.folder / "gone").empty());
}

TEST_CASE("short values make no needles, and lines of a long one do", "[secrets]") {
  CHECK(needles_of("PIN", "12345").empty());
  const auto needles = needles_of("KEY", "first line here\n}\nsecond line here");
  std::size_t parts = 0;
  for (const Needle& needle : needles) parts += std::string(needle.form) == "in part";
  CHECK(parts == 2);
}
