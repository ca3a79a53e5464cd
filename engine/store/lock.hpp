// One writer a project: a kernel lock on var/lock, so that kill -9 cannot leave a stale one.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace harbor::store {

/// Who holds a lock; informational only, written into the lock file by the holder, as one line of
/// JSON.
struct LockHolder {
  long pid = 0;
  std::string run;
  std::string command;  ///< "deploy"
  std::string since;    ///< RFC 3339
};

/// Lets time pass between two attempts; false, and at once, when the wait is cancelled.
using Pause = std::function<bool(std::chrono::milliseconds)>;

/// Really sleeps; nobody can cancel it.
bool sleep(std::chrono::milliseconds time);

/// Held while alive. The descriptor is close-on-exec, so that no child keeps the lock.
class Lock {
 public:
  /// Makes `var` (0700) where it is missing. An empty `self.since` becomes now, a `self.pid` of 0
  /// this process. Waits up to `timeout` (0: not at all); `waiting` is called once with the holder
  /// before it waits. Throws report::Error H0701 (locked; names the holder), H0605 (require_own()),
  /// H0702 (the file cannot be opened or locked) or H0707 (cancelled while waiting).
  static Lock acquire(const std::filesystem::path& var, const LockHolder& self,
                      std::chrono::milliseconds timeout,
                      const std::function<void(const LockHolder&)>& waiting = {},
                      const Pause& pause = sleep);
  Lock(Lock&& other) noexcept;
  Lock& operator=(Lock&&) = delete;
  ~Lock();

 private:
  explicit Lock(int fd) : fd_(fd) {}
  int fd_;
};

/// Who holds the lock now, nothing when nobody does. Writes nothing and takes no lock. A holder
/// that could not be read has pid 0.
[[nodiscard]] std::optional<LockHolder> lock_holder(const std::filesystem::path& var);

}  // namespace harbor::store
