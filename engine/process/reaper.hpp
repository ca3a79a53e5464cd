// Which children are whose: those that run() started, and orphans that came to this process.
#pragma once

#include <sys/types.h>

#include <functional>

#include "system/file_descriptor.hpp"

namespace harbor::process {

/// A file descriptor of the process `pid` that is readable once it is dead; closed (with errno)
/// when there is none.
[[nodiscard]] system::FileDescriptor open_pidfd(pid_t pid) noexcept;

/// Calls `start`, which returns the pid of a new child or -1, and owns that child: reap_orphans()
/// does not touch it.
pid_t start_owned(const std::function<pid_t()>& start);

/// Kills what is left of the group of the owned child `pid`, waits for the child itself, reaps it
/// and the dead of its group, and disowns it. Returns its wait status.
int reap_owned(pid_t pid);

}  // namespace harbor::process
