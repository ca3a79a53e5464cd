// One writer a project: a kernel lock on var/lock, so that kill -9 cannot leave a stale one.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace harbor::store {

/// Who holds a lock; informational only, written into the lock file by the holder, as one line of
/// JSON.
struct LockHolder {
  long pid = 0;
  std::string run;
  std::string command;  ///< "deploy"
  std::string since;    ///< RFC 3339
  /// Runs before it that were killed, and whose processes nobody has ended yet.
  std::vector<std::string> left = {};
};

/// Lets time pass between two attempts; false, and at once, when the wait is cancelled.
using Pause = std::function<bool(std::chrono::milliseconds)>;

/// Really sleeps; nobody can cancel it.
bool sleep(std::chrono::milliseconds time);

/// What to do with a lock file on a file system that is read-only.
enum class ReadOnly : std::uint8_t {
  refuse,
  share  ///< lock it for reading: it keeps out who had it open for writing, and nobody else can
};

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
                      const Pause& pause = sleep, ReadOnly read_only = ReadOnly::refuse);
  Lock(Lock&& other) noexcept;
  Lock& operator=(Lock&&) = delete;
  ~Lock();

  /// Runs that had the lock and were killed. They stand in the file until settle(), however many
  /// holders are killed before one comes to it.
  [[nodiscard]] const std::vector<std::string>& left() const noexcept { return self_.left; }
  /// What those runs left is ended.
  void settle() noexcept;

 private:
  Lock(int fd, LockHolder self) : fd_(fd), self_(std::move(self)) {}
  int fd_;
  LockHolder self_;
};

/// Who holds the lock now, nothing when nobody does. Writes nothing and takes no lock. A holder
/// that could not be read has pid 0.
[[nodiscard]] std::optional<LockHolder> lock_holder(const std::filesystem::path& var);

}  // namespace harbor::store
