// Runs another program to its end and keeps what it says.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace harbor::test {

struct Process {
  int status = -1;  ///< -1 when it could not be started
  std::string out;
  std::string err;
};

inline std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void spit(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

inline std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

/// Runs argv with exactly `environment`, or with this process's; what it reads and writes passes
/// through files in `folder`.
inline Process run(std::vector<std::string> argv, const std::filesystem::path& folder,
                   const std::string& input = {},
                   std::optional<std::vector<std::string>> environment = {}) {
  const std::string in = folder / "stdin";
  spit(in, input);
  const std::string out = folder / "stdout";
  const std::string err = folder / "stderr";
  constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, in.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), flags, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), flags, 0600);
  pid_t child = 0;
  std::vector<char*> variables;
  if (environment) variables = pointers(*environment);
  const int failed = posix_spawnp(&child, argv[0].c_str(), &actions, nullptr, pointers(argv).data(),
                                  environment ? variables.data() : environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed) return {};
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128, slurp(out), slurp(err)};
}

}  // namespace harbor::test
