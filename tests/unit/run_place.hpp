// A run folder of its own for a test, and looks at what stands in it.
#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "store/run_folder.hpp"
#include "temporary_folder.hpp"

namespace test {

inline std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

inline struct stat status_of(const std::filesystem::path& file) {
  struct stat status {};
  REQUIRE(::lstat(file.c_str(), &status) == 0);
  return status;
}

/// The files beneath a folder and their content.
inline std::map<std::string, std::string> tree_of(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (!entry.is_directory())
      files.emplace(entry.path().lexically_relative(folder), text_of(entry.path()));
  return files;
}

/// A run folder of its own, as the kernel or as a poorer one has it.
struct Place {
  TemporaryFolder temporary;
  harbor::store::RunFolder run{temporary.path / "var/run", "var/run"};

  std::filesystem::path operator/(const std::string& path) const { return run.folder / path; }
  /// Nothing beside what belongs there.
  std::vector<std::string> names(const std::string& folder = ".") const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(run.folder / folder))
      all.push_back(entry.path().filename());
    std::sort(all.begin(), all.end());
    return all;
  }
};

}  // namespace test
