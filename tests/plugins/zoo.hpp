// What the tests of engine/plugin need around the zoo.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>

#include "plugin/fault.hpp"

namespace zoo {

namespace fs = std::filesystem;

/// A folder of the test's own, gone at its end. Its path is real.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "harbor-zoo-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
    path_ = fs::canonical(name);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }

  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] fs::path operator/(const fs::path& name) const { return path_ / name; }

 private:
  fs::path path_;
};

/// A file of the zoo: "zoo", "rival" or "bad/NAME".
inline fs::path built(const std::string& name) { return fs::path(HARBOR_ZOO) / (name + ".so"); }

inline void set_mode(const fs::path& file, unsigned mode) {
  if (chmod(file.c_str(), mode) != 0) throw std::runtime_error("chmod " + file.string());
}

inline std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("open " + file.string());
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

inline void write_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  set_mode(file, 0644);
}

/// Copies a file of the zoo to `to`, for the owner alone to write.
inline fs::path put(const std::string& name, const fs::path& to) {
  fs::create_directories(to.parent_path());
  write_bytes(to, bytes_of(built(name)));
  return to;
}

/// Why `work` refuses a plugin; an empty fault when it does not.
inline harbor::plugin::Fault refusal(const std::function<void()>& work) {
  try {
    work();
  } catch (const harbor::plugin::Refused& refused) {
    return refused.fault();
  }
  return {};
}

/// The first diagnostic of the error that `work` throws; an empty one when it does not.
inline harbor::report::Diagnostic error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const harbor::report::Error& error) {
    return error.diagnostics().front();
  }
  return {};
}

}  // namespace zoo
