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

#include "process/cancellation.hpp"
#include "secret/masker.hpp"

namespace harbor::process {

using Clock = std::chrono::steady_clock;

enum class Streams : std::uint8_t {
  captured,  ///< standard input from `input`, both outputs read by Harbor
  attached,  ///< the user's own: a pseudo-terminal when Harbor has a terminal (as standard input
             ///< and output), else Harbor's standard input, and outputs that are relayed to
             ///< Harbor's; all of it masked
};

/// One program to run. Everything in it is final: secrets are already put in place.
struct Command {
  std::vector<std::string> argv;  ///< argv[0] is looked up on `path` unless it has a slash
  std::vector<std::pair<std::string, std::string>>
      environment;     ///< complete: nothing else is inherited
  std::string path;    ///< PATH for the look-up
  std::string folder;  ///< working directory
  std::string input;   ///< captured only; the child sees a file, or /dev/null when empty
  std::vector<std::string>
      files;  ///< contents; the i-th is open in the child as file descriptor 3+i, a sealed memfd
  Streams streams = Streams::captured;
  std::optional<Clock::time_point> deadline;
  std::chrono::milliseconds grace{5000};  ///< between TERM and KILL
  /// Captured only: bytes kept of each stream. When there are more, the first and the last half are
  /// kept, with a line between them that says so; all are counted.
  std::size_t keep = 0;
  /// Captured only, may be empty: valid UTF-8, no newline; lines over 64 KiB are split. On the
  /// thread of run().
  std::function<void(int stream, std::string_view line)> on_line;
  /// Captured only, may be empty: called, on the thread of run(), whenever the program has printed
  /// nothing for `silence`; it may run() another one. False ends the program as a deadline does.
  std::function<bool()> on_silence;
  std::chrono::milliseconds silence{0};
  const secret::Masker* masker =
      nullptr;  ///< attached only, not owned: masks what is relayed; nullptr masks nothing
};

enum class Ended : std::uint8_t {
  exited,
  signalled,
  timed_out,
  cancelled,
  not_found,
  not_started,
  given_up  ///< `on_silence` said so
};

struct Completion {
  Ended how = Ended::exited;
  int exit_code = -1;  ///< -1 when a signal ended it, or it never ran
  int signal = 0;
  std::string out, err;                      ///< captured only: what `keep` says
  std::size_t out_bytes = 0, err_bytes = 0;  ///< printed in all
  bool truncated = false;
  bool lossy = false;  ///< invalid UTF-8 was replaced by U+FFFD
  std::string reason;  ///< not_found: the missing program's name; not_started: why, for people
};

/// Runs `command` to its end: a session and process group of its own, both outputs drained, end =
/// the child's exit plus at most 2 s for what it left in the pipes. On deadline or cancellation:
/// TERM to the group, grace, KILL; on an immediate stop: KILL. Nothing is started when the deadline
/// has passed or a cancellation was requested already. What the child left in its group is killed.
/// Thread-safe; one program at a time can have the terminal. Throws nothing but std::bad_alloc and
/// what `on_line` throws, and leaves no child running then either.
[[nodiscard]] Completion run(const Command& command, const Cancellation& cancellation);

/// The absolute path of a program on `path`, skipping empty and relative entries. An absolute name
/// stands for itself.
[[nodiscard]] std::optional<std::string> find_program(std::string_view name, std::string_view path);

/// Makes this process the reaper of its descendants' orphans, once at start.
void become_subreaper();

/// Kills and reaps processes that were orphaned to this one: its children except those that a run()
/// started, which it never touches. Orphans may come from a child that is still running in another
/// thread: call this when there is none. Takes 5 s at most. Returns how many there were.
std::size_t reap_orphans();

}  // namespace harbor::process
