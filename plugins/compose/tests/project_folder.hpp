// A project folder that goes away with the test.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <harbor/testing.hpp>
#include <map>
#include <string>
#include <vector>

namespace harbor::compose::test {

using nlohmann::json;

using Files = std::map<std::string, std::string>;  ///< text by path

struct ProjectFolder {
  std::filesystem::path path;

  explicit ProjectFolder(const Files& files) {
    std::string name = (std::filesystem::temp_directory_path() / "harbor-compose-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw testing::Misuse("no folder for the test");
    path = name;
    for (const auto& [file, text] : files) {
      std::filesystem::create_directories((path / file).parent_path());
      std::ofstream(path / file) << text;
    }
  }
  /// Compose files without a service.
  explicit ProjectFolder(const std::vector<std::string>& files) : ProjectFolder(empty(files)) {}
  ~ProjectFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  ProjectFolder(const ProjectFolder&) = delete;
  ProjectFolder& operator=(const ProjectFolder&) = delete;

 private:
  static Files empty(const std::vector<std::string>& files) {
    Files out;
    for (const std::string& file : files) out[file] = "services: {}\n";
    return out;
  }
};

}  // namespace harbor::compose::test
