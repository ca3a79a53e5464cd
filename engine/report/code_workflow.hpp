// H02xx: stages, steps and plans.
#pragma once

#include <array>

#include "report/code.hpp"

namespace harbor::report {

inline constexpr std::array<Code, 0> workflow_codes{};

}  // namespace harbor::report
