// H08xx: the command line.
#pragma once

#include <array>

#include "report/code.hpp"

namespace harbor::report {

inline constexpr std::array<Code, 0> command_codes{};

}  // namespace harbor::report
