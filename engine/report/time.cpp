#include "report/time.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace harbor::report {

std::string rfc3339(std::chrono::system_clock::time_point time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(time - whole).count();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(whole);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[64];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(milliseconds));
  return text;
}

std::string duration_text(std::chrono::nanoseconds elapsed) {
  // Cut and not rounded: 59.97 s must not become 60s, which is written 1m00s.
  const auto tenths = std::max<std::int64_t>(
      0, std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count() / 100);
  const auto seconds = static_cast<long long>(tenths / 10);
  char text[64];
  if (seconds < 10) {
    std::snprintf(text, sizeof text, "%lld.%ds", seconds, static_cast<int>(tenths % 10));
  } else if (seconds < 60) {
    std::snprintf(text, sizeof text, "%llds", seconds);
  } else if (seconds < 3600) {
    std::snprintf(text, sizeof text, "%lldm%02llds", seconds / 60, seconds % 60);
  } else {
    std::snprintf(text, sizeof text, "%lldh%02lldm", seconds / 3600, seconds / 60 % 60);
  }
  return text;
}

}  // namespace harbor::report
