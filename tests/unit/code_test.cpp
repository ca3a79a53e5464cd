#include "report/code.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

using namespace harbor;
using report::Code;

namespace {

namespace fs = std::filesystem;

/// The sources lie above the build folder; a compiler cache may make __FILE__ relative.
fs::path find_engine() {
  for (auto at = fs::current_path(); at != at.parent_path(); at = at.parent_path())
    if (fs::exists(at / "engine" / "report" / "code.hpp")) return at / "engine";
  return {};
}

const fs::path engine = find_engine();

/// "H" and four digits.
bool is_id(std::string_view text) {
  return text.size() == 5 && text[0] == 'H' &&
         text.substr(1).find_first_not_of("0123456789") == text.npos;
}

/// The codes that the engine's sources name, with the file that does.
std::set<std::pair<std::string, std::string>> used_codes() {
  std::set<std::pair<std::string, std::string>> used;
  for (const auto& entry : fs::recursive_directory_iterator{engine}) {
    const fs::path& path = entry.path();
    if (!entry.is_regular_file() || (path.extension() != ".cpp" && path.extension() != ".hpp"))
      continue;
    if (path.filename().string().starts_with("code")) continue;
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    const std::string all = text.str();
    for (std::size_t at = all.find("\"H"); at != all.npos; at = all.find("\"H", at + 1)) {
      const std::string id = all.substr(at + 1, 5);
      if (is_id(id) && all.compare(at + 6, 1, "\"") == 0)
        used.emplace(id, fs::relative(path, engine).string());
    }
  }
  return used;
}

}  // namespace

TEST_CASE("every code is complete", "[report]") {
  std::set<std::string_view> names;
  for (const Code& code : report::codes()) {
    INFO(code.id);
    CHECK((code.id.starts_with("sdk.") ||
           (is_id(code.id) && code.id[1] == '0' && code.id[2] >= '1' && code.id[2] <= '8')));
    CHECK(code.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == code.name.npos);
    CHECK_FALSE(code.name.empty());
    CHECK(names.insert(code.name).second);
    CHECK(code.exit != ExitStatus::done);
    CHECK(code.title.size() > 10);
    CHECK(code.title.back() != '.');
    CHECK(code.explanation.size() > code.title.size());
    CHECK(code.explanation.find_first_of("\t\r") == std::string_view::npos);
  }
  CHECK(names.size() >= 7);
}

TEST_CASE("a code is found by its id", "[report]") {
  REQUIRE(report::find_code("H0701") != nullptr);
  CHECK(report::find_code("H0701")->name == "locked");
  for (const Code& code : report::codes()) CHECK(report::find_code(code.id) == &code);
  CHECK(report::find_code("H9999") == nullptr);
  CHECK(report::find_code("H07") == nullptr);
  CHECK(report::find_code("") == nullptr);
}

TEST_CASE("a diagnostic takes its exit status from the table", "[report]") {
  const auto diagnostic = report::diagnose("H0701", "message", {{{"f", 1, 2, 3}, "here"}}, "hint");
  CHECK(diagnostic.code == "H0701");
  CHECK(diagnostic.exit == ExitStatus::locked);
  CHECK(diagnostic.severity == report::Severity::error);
  CHECK(diagnostic.labels.size() == 1);
  CHECK(diagnostic.hint == "hint");
}

TEST_CASE("every code that the engine uses stands in the table", "[report]") {
  const auto used = used_codes();
  CHECK(used.size() >= 6);
  for (const auto& [id, file] : used) {
    INFO(id << " in engine/" << file);
    CHECK(report::find_code(id) != nullptr);
  }
}
