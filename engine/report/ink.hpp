// The few ways in which Harbor's text may be coloured.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace harbor::report {

enum class Ink : std::uint8_t { none, bold, dim, red, green, yellow, blue, cyan };

/// `text` between the escape sequences of `ink`; Ink::none and empty text stay as they are.
[[nodiscard]] std::string paint(std::string_view text, Ink ink);

}  // namespace harbor::report
