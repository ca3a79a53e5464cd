// How a run is told to stop.
#pragma once

#include <atomic>

namespace harbor::process {

/// Shared by everything in a run. Its file descriptors become readable when the state is raised, so
/// that poll() loops wake.
class Cancellation {
 public:
  enum class State : int { none = 0, graceful = 1, at_once = 2 };

  /// Throws std::system_error when the process has no file descriptor left.
  Cancellation();
  ~Cancellation();
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;

  [[nodiscard]] State state() const noexcept { return state_.load(std::memory_order_acquire); }
  /// Only ever raises the state. Async-signal-safe, any thread.
  void request(State state) noexcept;
  /// An eventfd, readable (never read it) once anything was requested.
  [[nodiscard]] int fd() const noexcept { return fd_; }
  /// An eventfd, readable (never read it) once an immediate stop was requested.
  [[nodiscard]] int at_once_fd() const noexcept { return at_once_fd_; }

 private:
  std::atomic<State> state_{State::none};
  int fd_;
  int at_once_fd_;
};

/// While alive, the first SIGINT, SIGTERM or SIGHUP asks for a graceful stop, the second for an
/// immediate one. A SIGHUP that was ignored (nohup) stays so; SIGPIPE is ignored. At most one
/// object at a time in a process.
class SignalCancellation {
 public:
  explicit SignalCancellation(Cancellation& cancellation);
  ~SignalCancellation();
  SignalCancellation(const SignalCancellation&) = delete;
  SignalCancellation& operator=(const SignalCancellation&) = delete;
};

}  // namespace harbor::process
