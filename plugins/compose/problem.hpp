// What would go wrong if the chosen files were started now.
#pragma once

#include <harbor/action.hpp>

#include <vector>

#include "warning.hpp"

namespace harbor::compose {

struct Problems {
  std::vector<Warning> merging;    ///< of these the merge warned, and no start gets by them
  std::vector<Warning> conflicts;  ///< between what is started, or with what is known
};

/// Merges `input.files` once more, so that every problem knows its file and line. `input` holds
/// `files`, `native` and `env` as the actions have them.
Problems problems_of(Context& context, const json& input);

}  // namespace harbor::compose
