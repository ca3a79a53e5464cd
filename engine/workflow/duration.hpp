// "1m30s": durations as systemd and Go write them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace harbor::workflow {

/// Sums of a number and one of ms, s, m, h; nothing when it is malformed, negative or above 30
/// days.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(
    std::string_view text) noexcept;

}  // namespace harbor::workflow
