// A project in a folder of its own, and the fake host that looks at it.
#pragma once

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <harbor/testing.hpp>
#include <string>

namespace harbor::secrets_sops {

/// No key of the pattern opens anything.
inline const std::string some_key =
    "AGE-SECRET-KEY-1QQPQYPQSZQGPQYPQSZQGPQYPQSZQGPQYPQSZQGPQYPQSZQGPQYPQ";

class Project {
 public:
  Project() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "harbor-secrets-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    host.workspace = folder.string();
    host.run_dir = (folder / "var/run").string();
    host.environment["XDG_CONFIG_HOME"] = (folder / "config").string();
  }
  ~Project() { std::filesystem::remove_all(folder); }
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  void write(const std::filesystem::path& file, const std::string& text, mode_t mode = 0600) const {
    std::filesystem::create_directories((folder / file).parent_path());
    std::ofstream(folder / file) << text;
    ::chmod((folder / file).c_str(), mode);
  }

  std::filesystem::path folder;
  testing::Host host;
};

}  // namespace harbor::secrets_sops
