#include "process/footing.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace harbor::process {
namespace {

constexpr rlim_t least_stack = rlim_t{1} << 20;
constexpr std::size_t thread_stack = std::size_t{8} << 20;
constexpr int error_signals[] = {SIGPIPE, SIGXFSZ};

struct sigaction previous[std::size(error_signals)];

/// Opened read-only, so that the outputs refuse what is written to them.
bool open_streams() noexcept {
  for (int stream = 0; stream <= 2; ++stream) {
    if (::fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
    const int fd = ::open("/dev/null", O_RDONLY);  // the lowest number that is free
    if (fd != stream) return false;
  }
  return true;
}

/// One limit sets both: new threads get stacks of that size, and the first thread's stack grows up
/// to it.
bool make_room(rlimit& limit) noexcept {
  if (::getrlimit(RLIMIT_STACK, &limit) != 0) return true;
  if (limit.rlim_cur < least_stack) {
    limit.rlim_cur = std::min(limit.rlim_max, static_cast<rlim_t>(thread_stack));
    ::setrlimit(RLIMIT_STACK, &limit);
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, thread_stack);
    ::pthread_setattr_default_np(&attributes);
    ::pthread_attr_destroy(&attributes);
  }
  return limit.rlim_cur >= least_stack;
}

}  // namespace

std::string find_footing() noexcept {
  for (std::size_t i = 0; i < std::size(error_signals); ++i) {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(error_signals[i], &ignore, &previous[i]);
  }
  if (!open_streams())
    return "a standard stream is closed, and /dev/null cannot be opened in its place";
  rlimit stack{};
  if (!make_room(stack))
    return "the stack is limited to " + std::to_string(stack.rlim_cur / 1024) +
           " KiB, and 1024 are needed";
  return {};
}

void leave_footing() noexcept {
  for (std::size_t i = 0; i < std::size(error_signals); ++i)
    ::sigaction(error_signals[i], &previous[i], nullptr);
}

}  // namespace harbor::process
