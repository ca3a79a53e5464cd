// What would go wrong if the chosen files were started now.
#pragma once

#include <harbor/action.hpp>

#include <vector>

#include "warning.hpp"

namespace harbor::compose {

/// Merges `input.files` once more, so that every problem knows its file and line. `input` holds
/// `files`, `native` and `env` as the actions have them.
std::vector<Warning> problems_of(Context& context, const json& input);

}  // namespace harbor::compose
