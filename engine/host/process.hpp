// Running other programs: argument vectors, deadlines, groups, captured output, no orphans.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/cancellation.hpp"

namespace harbor::host {

using Clock = std::chrono::steady_clock;

enum class Streams : std::uint8_t {
  captured,  ///< standard input from `input`, both outputs read by Harbor
  attached,  ///< the user's own: a pseudo-terminal relayed through `mask` when Harbor has a terminal, else its streams
};

/// One program to run. Everything in it is final: secrets are already put in place.
struct Command {
  std::vector<std::string> argv;  ///< argv[0] is looked up on `path` unless it has a slash
  std::vector<std::pair<std::string, std::string>> environment;  ///< complete: nothing else is inherited
  std::string path;                                              ///< PATH for the look-up
  std::string folder;                                            ///< working directory
  std::string input;
  std::vector<std::string> files;  ///< contents; the i-th is open in the child as descriptor 3+i, a sealed memfd
  Streams streams = Streams::captured;
  std::optional<Clock::time_point> deadline;
  std::chrono::milliseconds grace{5000};  ///< between TERM and KILL
  std::size_t keep = 0;                   ///< bytes kept of each stream; the rest is read and counted
  std::function<void(int stream, std::string_view line)> on_line;  ///< valid UTF-8, no newline; long lines are split
  std::function<std::string(int stream, std::string_view bytes)> mask;  ///< for attached streams
};

enum class Ended : std::uint8_t { exited, signalled, timed_out, cancelled, not_found, not_started };

struct Completion {
  Ended how = Ended::exited;
  int exit_code = -1;
  int signal = 0;
  std::string out, err;
  std::size_t out_bytes = 0, err_bytes = 0;  ///< printed in all
  bool truncated = false;
  bool lossy = false;     ///< invalid UTF-8 was replaced by U+FFFD
  std::string reason;     ///< not_found, not_started: strerror or the missing program's name
};

/// Runs `command` to its end: own process group (session when attached), both pipes drained, end = the child's exit
/// plus at most 2 s for what it left in the pipes. On deadline or cancellation: TERM to the group, grace, KILL; at
/// once: KILL. Whatever the child left in its group is killed. Thread-safe. Throws nothing but std::bad_alloc.
[[nodiscard]] Completion run(const Command& command, const Cancellation& cancellation);

/// The absolute path of a program on `path`, skipping empty and relative entries.
[[nodiscard]] std::optional<std::string> find_program(std::string_view name, std::string_view path);

/// Makes this process the reaper of its descendants' orphans, once at start.
void become_subreaper();

/// Kills and reaps processes that were orphaned to this one (children that `run` does not know). Returns how many.
std::size_t reap_orphans();

}  // namespace harbor::host
