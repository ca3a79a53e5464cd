// H01xx: the descriptor and the files that it leads to.
#pragma once

#include <array>

#include "report/code.hpp"

namespace harbor::report {

inline constexpr std::array<Code, 0> document_codes{};

}  // namespace harbor::report
