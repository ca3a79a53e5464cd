// harbor-<name> programs on PATH, as kubectl finds its plugins.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/invocation.hpp"

namespace harbor::cli {

struct PathProgram {
  std::string command;  ///< "foo bar": the words that call it
  std::filesystem::path file;
  std::string problem;  ///< empty, or why it cannot be called
};

/// A PATH entry that is not searched, and why.
struct SkippedFolder {
  std::string folder, reason;
};

struct PathListing {
  std::vector<PathProgram> programs;
  std::vector<SkippedFolder> skipped;
};

/// Every harbor-* program on PATH. Empty and relative entries, and those that others can write to,
/// are skipped.
[[nodiscard]] PathListing list_path_programs(const Invocation& call);

/// The program with the longest name that the words begin with, and how many of them name it. A
/// dash in a word is an underscore in the file's name.
struct PathMatch {
  std::filesystem::path file;
  std::size_t words = 0;
};
[[nodiscard]] std::optional<PathMatch> find_path_program(const Invocation& call,
                                                         const std::vector<std::string>& words);

/// Replaces this process by the program, with HARBOR_* variables that describe the call. Returns
/// only on failure, by throwing.
int run_path_program(const Invocation& call, const PathMatch& match,
                     const std::vector<std::string>& words);

}  // namespace harbor::cli
