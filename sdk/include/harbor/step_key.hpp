// The keys of a step that Harbor reads itself.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace harbor {

/// A step's parameters are siblings of these keys, so no property of an action's input schema may
/// have one of these names: Harbor refuses such a pack when it scans it.
inline constexpr std::string_view step_keys[] = {
    "action",          "id",     "name", "when", "with", "needs", "timeout", "retry",
    "continueOnError", "forEach"};

[[nodiscard]] constexpr bool is_step_key(std::string_view name) noexcept {
  return std::find(std::begin(step_keys), std::end(step_keys), name) != std::end(step_keys);
}

}  // namespace harbor
