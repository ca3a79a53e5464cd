// How the cost of a function grows with its input.
#pragma once

#include <time.h>

#include <algorithm>
#include <cmath>
#include <functional>

/// CPU seconds of this thread: what other programs do at the same time does not count.
inline double cpu_seconds(const std::function<void()>& work) {
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  const double start = now();
  work();
  return now() - start;
}

/// The exponent by which `work(size)` grows from `size` to four times that: 1 is linear, 2 is
/// quadratic. Below a millisecond nothing is told apart.
inline double growth(std::size_t size, const std::function<void(std::size_t)>& work) {
  const auto cost = [&](std::size_t of) {
    double least = cpu_seconds([&] { work(of); });
    for (int i = 0; i < 2; ++i) least = std::min(least, cpu_seconds([&] { work(of); }));
    return std::max(least, 1e-3);
  };
  return std::log(cost(4 * size) / cost(size)) / std::log(4.0);
}
