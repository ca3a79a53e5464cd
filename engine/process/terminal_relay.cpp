#include "process/terminal_relay.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstdlib>

#include "process/spawn.hpp"
#include "system/errno.hpp"

namespace harbor::process {
namespace {

constexpr std::array fatal_signals{SIGINT,  SIGTERM, SIGHUP, SIGQUIT, SIGABRT,
                                   SIGSEGV, SIGBUS,  SIGFPE, SIGILL};

// The terminal belongs to the process, and a signal handler can reach nothing but statics.
std::atomic<bool> is_lent{false};
std::atomic<int> resize_event{-1};
termios user_mode{};
std::array<struct sigaction, fatal_signals.size()> previous_fatal{};
struct sigaction previous_resize {};

void on_resize(int) {
  const int saved = errno;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(resize_event.load(), &one, sizeof one);
  errno = saved;
}

void on_fatal_signal(int signal) {
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &user_mode);
  // The disposition is the default one again (SA_RESETHAND), the signal is blocked until this
  // returns.
  ::raise(signal);
}

}  // namespace

bool has_terminal() noexcept { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1; }

std::unique_ptr<TerminalRelay> TerminalRelay::open(std::string& reason) {
  if (is_lent.exchange(true)) {
    reason = "another program has the terminal";
    return nullptr;
  }
  // From here on the destructor gives the terminal back.
  std::unique_ptr<TerminalRelay> relay(new TerminalRelay);
  if (::tcgetattr(STDIN_FILENO, &user_mode) != 0 || !relay->open_pair()) {
    reason = "no pseudo-terminal: " + system::describe_errno(errno);
    return nullptr;
  }
  relay->forward_size();
  relay->watch_signals();
  termios raw = user_mode;
  // Keys go through unchanged: the child's terminal decides what Ctrl-C means.
  ::cfmakeraw(&raw);
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
  return relay;
}

TerminalRelay::~TerminalRelay() {
  if (resize_event.exchange(-1) >= 0) {
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &user_mode);
    ::sigaction(SIGWINCH, &previous_resize, nullptr);
    for (std::size_t i = 0; i < fatal_signals.size(); ++i) {
      if (previous_fatal[i].sa_handler == SIG_DFL)
        ::sigaction(fatal_signals[i], &previous_fatal[i], nullptr);
    }
  }
  is_lent.store(false);
}

system::FileDescriptor TerminalRelay::copy_master() const {
  return system::FileDescriptor(::fcntl(master_.get(), F_DUPFD_CLOEXEC, 0));
}

void TerminalRelay::forward_size() noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto ignored = ::read(resized_.get(), &count, sizeof count);
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) ::ioctl(master_.get(), TIOCSWINSZ, &size);
}

bool TerminalRelay::open_pair() {
  master_ = system::FileDescriptor(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
  std::array<char, PATH_MAX> path{};
  if (!master_.is_open() || ::grantpt(master_.get()) != 0 || ::unlockpt(master_.get()) != 0 ||
      ::ptsname_r(master_.get(), path.data(), path.size()) != 0) {
    return false;
  }
  child_path_ = path.data();
  child_side_ = system::FileDescriptor(::open(child_path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  resized_ = system::FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  return child_side_.is_open() && resized_.is_open() &&
         ::tcsetattr(child_side_.get(), TCSANOW, &user_mode) == 0;
}

void TerminalRelay::watch_signals() noexcept {
  resize_event.store(resized_.get());
  struct sigaction resize {};
  resize.sa_handler = on_resize;
  resize.sa_flags = SA_RESTART;
  ::sigaction(SIGWINCH, &resize, &previous_resize);

  struct sigaction fatal {};
  fatal.sa_handler = on_fatal_signal;
  fatal.sa_flags = static_cast<int>(SA_RESETHAND);
  for (std::size_t i = 0; i < fatal_signals.size(); ++i) {
    ::sigaction(fatal_signals[i], nullptr, &previous_fatal[i]);
    // A handler set by other code ends what runs, so the destructor is reached.
    if (previous_fatal[i].sa_handler == SIG_DFL) ::sigaction(fatal_signals[i], &fatal, nullptr);
  }
}

}  // namespace harbor::process
