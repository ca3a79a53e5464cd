// Starts one child process.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "process/process.hpp"
#include "system/file_descriptor.hpp"

namespace harbor::process {

/// What becomes of the child's standard streams; -1 leaves Harbor's own. Every file descriptor is
/// close-on-exec.
struct Wiring {
  int in = -1;
  int out = -1;
  int err = -1;
  std::string
      terminal;  ///< when not empty: opened as all three (but for those above) and controlling
};

/// A child that runs, or why there is none.
struct Started {
  pid_t pid = -1;
  system::FileDescriptor pidfd;   ///< readable once the child is dead
  Ended failure = Ended::exited;  ///< not_found or not_started when pid is -1
  std::string reason;
};

/// Starts `command` as the leader of a session of its own, with default signals, nothing blocked,
/// and no file descriptor but the standard three and the command's files. The child belongs to
/// run(): end it with reap_owned().
[[nodiscard]] Started start(const Command& command, const Wiring& wiring);

/// A sealed memfd with these bytes, at its beginning; closed (with errno) when there is no memory
/// or file descriptor.
[[nodiscard]] system::FileDescriptor make_memory_file(std::string_view content);

}  // namespace harbor::process
