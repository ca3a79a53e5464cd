// What a pack adds to a log line or a failure for programs: JSON that is not validated yet.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>

namespace harbor::host {

// A journal keeps remarks for a long time, and a reader of events holds a line in memory.
inline constexpr std::size_t remark_bytes = std::size_t{64} << 10;
inline constexpr int remark_depth = 64;

/// The object in `text`; null for empty text. Text that is not a JSON object, is longer than
/// `remark_bytes` or nested deeper than `remark_depth` gives {"dropped": "why"}: a line of the log
/// must not fail an action, and its author should see what happened to it. Never throws but
/// std::bad_alloc.
[[nodiscard]] nlohmann::json parse_remark(std::string_view text);

}  // namespace harbor::host
