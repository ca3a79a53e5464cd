// H04xx: running steps.
#pragma once

#include <array>

#include "report/code.hpp"

namespace harbor::report {

inline constexpr std::array<Code, 0> run_codes{};

}  // namespace harbor::report
