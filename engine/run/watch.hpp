// Operations that are running now, for the warden.
#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "process/process.hpp"

namespace harbor::run {

/// Thread-safe.
class Watch {
 public:
  struct Entry {
    std::string step;
    std::optional<process::Clock::time_point> deadline;
  };
  using Handle = std::list<Entry>::iterator;

  Handle enter(std::string step, std::optional<process::Clock::time_point> deadline) {
    const std::lock_guard guard(mutex_);
    return running_.insert(running_.end(), {std::move(step), deadline});
  }
  void leave(Handle handle) {
    const std::lock_guard guard(mutex_);
    running_.erase(handle);
  }
  /// The operations that should have ended before `now`.
  [[nodiscard]] std::vector<Entry> overdue(process::Clock::time_point now) const;
  [[nodiscard]] std::vector<Entry> running() const {
    const std::lock_guard guard(mutex_);
    return {running_.begin(), running_.end()};
  }

 private:
  mutable std::mutex mutex_;
  std::list<Entry> running_;
};

}  // namespace harbor::run
