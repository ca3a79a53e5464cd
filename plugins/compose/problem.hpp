// What would go wrong if the chosen files were started now.
#pragma once

#include <harbor/action.hpp>

#include <vector>

#include "warning.hpp"

namespace harbor::compose {

struct Problems {
  std::vector<Warning> merging;    ///< found by the merge; a start fails on them
  std::vector<Warning> conflicts;  ///< between services, or with the known variables
};

/// Merges `input.files` again, so that every problem has its file and line. `input` holds `files`,
/// `native` and `env` as the actions have them.
Problems problems_of(Context& context, const json& input);

}  // namespace harbor::compose
