#include "process/time.hpp"

#include <poll.h>

namespace harbor::process {
namespace {

bool pause(std::chrono::milliseconds time, const Cancellation& cancellation) {
  pollfd wake{cancellation.fd(), POLLIN, 0};
  return ::poll(&wake, 1, static_cast<int>(time.count())) == 0;
}

}  // namespace

Time real_time() { return {std::chrono::steady_clock::now, pause}; }

}  // namespace harbor::process
