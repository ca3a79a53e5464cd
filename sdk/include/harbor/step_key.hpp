// The keys of a step that Harbor reads itself.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace harbor {

/// A step's parameters stand beside these keys, so no property of an action's input schema may have
/// one of these names: Harbor refuses a pack with such a property when it looks at it.
inline constexpr std::string_view step_keys[] = {
    "action",          "id",     "name", "when", "with", "needs", "timeout", "retry",
    "continueOnError", "forEach"};

[[nodiscard]] constexpr bool is_step_key(std::string_view name) noexcept {
  return std::find(std::begin(step_keys), std::end(step_keys), name) != std::end(step_keys);
}

}  // namespace harbor
