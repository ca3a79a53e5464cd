// Time, as a run sees it.
#pragma once

#include <chrono>
#include <functional>

#include "process/cancellation.hpp"

namespace harbor::process {

/// The seam to time. Both may be called from any thread.
struct Time {
  /// What deadlines are compared with and durations are measured by.
  std::function<std::chrono::steady_clock::time_point()> now;
  /// Lets time pass; returns false immediately when a cancellation is requested meanwhile.
  std::function<bool(std::chrono::milliseconds, const Cancellation&)> pause;
};

[[nodiscard]] Time real_time();

}  // namespace harbor::process
