#include "run/guard.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "process/leftover.hpp"
#include "process/reaper.hpp"
#include "process/spawn.hpp"

namespace harbor::run {

// A parent-death signal would reach only the child, and many programs leave the work to a child of
// their own; setsid() leaves the process group. The mark in the environment finds all of them.
void Guard::post() {
  std::call_once(once_, [this] {
    if (harbor_.empty()) return;
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    const system::FileDescriptor other_end(ends[0]);
    lifeline_ = system::FileDescriptor(ends[1]);
    // Not this process's outputs: their reader would wait for the guard, too.
    const system::FileDescriptor nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    process::Command command;
    command.argv = {harbor_.string(), "__guard", workspace_, run_};
    command.folder = "/";
    process::Wiring wiring;
    wiring.in = other_end.get();
    wiring.out = wiring.err = nowhere.get();
    pid_ = process::start(command, wiring).pid;
  });
}

Guard::~Guard() {
  if (pid_ > 0) process::reap_owned(pid_);
}

int stand_guard(const std::string& workspace, const std::string& run) {
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) < 0 && errno == EINTR) {
  }
  // More than once: a process may have been about to start another one.
  for (int look = 0; look < 3 && process::end_leftovers(workspace, run) > 0; ++look) {
  }
  return 0;
}

}  // namespace harbor::run
