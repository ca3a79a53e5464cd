// Points in time, as every file and stream of Harbor writes them.
#pragma once

#include <chrono>
#include <string>

namespace harbor::report {

/// RFC 3339, UTC, with milliseconds: "2026-11-21T07:45:12.345Z".
[[nodiscard]] std::string rfc3339(std::chrono::system_clock::time_point time);

/// How long something took, for people: "0.3s", "42s", "1m05s", "2h07m".
[[nodiscard]] std::string duration_text(std::chrono::nanoseconds elapsed);

}  // namespace harbor::report
