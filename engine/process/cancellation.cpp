#include "process/cancellation.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <system_error>

namespace harbor::process {
namespace {

constexpr std::array stop_signals{SIGINT, SIGTERM, SIGHUP};

// A signal handler can reach nothing but statics.
std::atomic<Cancellation*> target{nullptr};
std::atomic<int> received{0};
std::array<struct sigaction, stop_signals.size()> previous_stop{};
struct sigaction previous_pipe {};

int open_eventfd() {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return fd;
}

void make_readable(int fd) noexcept {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then the file descriptor is readable already.
  [[maybe_unused]] const auto written = ::write(fd, &one, sizeof one);
}

void on_stop_signal(int) {
  const int saved = errno;
  if (Cancellation* cancellation = target.load()) {
    // The first signal asks what is running to end, the second ends it: a person who presses Ctrl-C
    // twice means it.
    const bool is_first = received.fetch_add(1) == 0;
    cancellation->request(is_first ? Cancellation::State::graceful : Cancellation::State::at_once);
  }
  errno = saved;
}

}  // namespace

Cancellation::Cancellation() : fd_(open_eventfd()), at_once_fd_(-1) {
  try {
    at_once_fd_ = open_eventfd();
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

Cancellation::~Cancellation() {
  ::close(fd_);
  ::close(at_once_fd_);
}

void Cancellation::request(State state) noexcept {
  // Raised, never lowered, by whichever thread or signal handler comes first.
  State current = state_.load(std::memory_order_acquire);
  while (current < state && !state_.compare_exchange_weak(current, state)) {
  }
  if (current >= state) return;
  const int saved = errno;
  make_readable(fd_);
  if (state == State::at_once) make_readable(at_once_fd_);
  errno = saved;
}

SignalCancellation::SignalCancellation(Cancellation& cancellation) {
  received.store(0);
  target.store(&cancellation);

  // A reader that goes away must show as EPIPE at the write, and not end Harbor.
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &previous_pipe);

  struct sigaction stop {};
  stop.sa_handler = on_stop_signal;
  // Waiting threads are woken through the eventfds, so no other call has to expect EINTR.
  stop.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < stop_signals.size(); ++i) {
    ::sigaction(stop_signals[i], nullptr, &previous_stop[i]);
    // Harbor started with nohup is meant to outlive the terminal.
    const bool is_nohup = stop_signals[i] == SIGHUP && previous_stop[i].sa_handler == SIG_IGN;
    if (!is_nohup) ::sigaction(stop_signals[i], &stop, nullptr);
  }
}

SignalCancellation::~SignalCancellation() {
  for (std::size_t i = 0; i < stop_signals.size(); ++i) {
    ::sigaction(stop_signals[i], &previous_stop[i], nullptr);
  }
  ::sigaction(SIGPIPE, &previous_pipe, nullptr);
  target.store(nullptr);
}

}  // namespace harbor::process
