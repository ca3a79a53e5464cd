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

/// The engine's source files, beside the table, that spell out a code instead of naming it.
std::set<std::string> files_that_spell_codes() {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator{engine}) {
    const fs::path& path = entry.path();
    if (!entry.is_regular_file() || (path.extension() != ".cpp" && path.extension() != ".hpp"))
      continue;
    if (path.parent_path().filename() == "report" && path.filename().string().starts_with("code_"))
      continue;
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) {
      const auto code = line.substr(0, line.find("//"));
      for (auto at = code.find("\"H"); at != code.npos; at = code.find("\"H", at + 1))
        if (is_id(code.substr(at + 1, 5)) && code.compare(at + 6, 1, "\"") == 0)
          files.insert(fs::relative(path, engine).string());
    }
  }
  return files;
}

}  // namespace

TEST_CASE("every code is complete", "[report]") {
  std::set<std::string_view> titles;
  for (const Code& code : report::codes()) {
    INFO(code.id);
    CHECK((code.id.starts_with("sdk.") ||
           (is_id(code.id) && code.id[1] == '0' && code.id[2] >= '1' && code.id[2] <= '8')));
    CHECK(titles.insert(code.title).second);
    CHECK(code.exit != ExitStatus::done);
    CHECK(code.title.size() > 10);
    CHECK(code.title.back() != '.');
    CHECK(code.explanation.size() > code.title.size());
    CHECK(code.explanation.find_first_of("\t\r") == std::string_view::npos);
  }
  CHECK(titles.size() >= 7);
}

TEST_CASE("a code is found by its id", "[report]") {
  REQUIRE(report::find_code("H0701") != nullptr);
  CHECK(report::find_code("H0701")->id == "H0701");
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

TEST_CASE("the engine calls its codes by their names", "[report]") {
  REQUIRE(fs::exists(engine / "report" / "code_run.hpp"));
  CHECK(files_that_spell_codes() == std::set<std::string>{});
}
