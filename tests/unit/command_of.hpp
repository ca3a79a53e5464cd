// Commands of the tests of processes, and how they wait for what comes of them.
#pragma once

#include <stdlib.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "process/process.hpp"

namespace test {

constexpr auto search_path = "/usr/local/bin:/usr/bin:/bin";

inline harbor::process::Command make_command(std::vector<std::string> argv) {
  harbor::process::Command command;
  command.argv = std::move(argv);
  command.environment = {{"PATH", search_path}, {"LC_ALL", "C"}};
  command.path = search_path;
  command.folder = "/";
  command.keep = 1 << 20;
  return command;
}

inline harbor::process::Command shell(const std::string& script) {
  return make_command({"sh", "-c", script});
}

inline harbor::process::Completion run(const harbor::process::Command& command) {
  const harbor::process::Cancellation cancellation;
  return harbor::process::run(command, cancellation);
}

/// A folder that goes with the test.
struct ScriptFolder {
  std::string path;
  ScriptFolder() {
    char name[] = "/tmp/harbor-process-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~ScriptFolder() { std::filesystem::remove_all(path); }
  ScriptFolder(const ScriptFolder&) = delete;
  ScriptFolder& operator=(const ScriptFolder&) = delete;

  [[nodiscard]] std::string write(const std::string& name, const std::string& text,
                                  mode_t mode) const {
    std::string file = path + "/" + name;
    std::ofstream(file) << text;
    ::chmod(file.c_str(), mode);
    return file;
  }
};

inline std::string read_file(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Waits until `is_so`; false when it is not so after 10 s.
template <class Predicate>
bool wait_until(const Predicate& is_so) {
  for (const auto end = harbor::process::Clock::now() + std::chrono::seconds(10);
       harbor::process::Clock::now() < end;
       std::this_thread::sleep_for(std::chrono::milliseconds(2))) {
    if (is_so()) return true;
  }
  return false;
}

class Stopwatch {
 public:
  [[nodiscard]] harbor::process::Clock::duration elapsed() const {
    return harbor::process::Clock::now() - start_;
  }

 private:
  harbor::process::Clock::time_point start_ = harbor::process::Clock::now();
};

}  // namespace test
