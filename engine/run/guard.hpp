// Ends the programs of a run when Harbor is killed.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <mutex>
#include <string>

#include "system/file_descriptor.hpp"

namespace harbor::run {

/// A separate process that waits for the end of this one. If this one is killed before it can end
/// what it started, the guard ends it within seconds; if the guard is killed as well, the next run
/// that takes the lock does.
class Guard {
 public:
  /// `harbor` is the program; without it there is no guard.
  Guard(std::filesystem::path harbor, std::string workspace, std::string run)
      : harbor_(std::move(harbor)), workspace_(std::move(workspace)), run_(std::move(run)) {}
  /// Dismisses it.
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  /// Starts it at the first call; any thread. A guard that cannot be started is not a failure.
  void post();

 private:
  std::filesystem::path harbor_;
  std::string workspace_, run_;
  std::once_flag once_;
  pid_t pid_ = -1;
  system::FileDescriptor lifeline_;  ///< closed by the kernel when this process ends
};

/// What the guard does: `harbor __guard WORKSPACE RUN`, with the lifeline's other end as standard
/// input.
int stand_guard(const std::string& workspace, const std::string& run);

}  // namespace harbor::run
