// Warnings of the model, reported through the host.
#pragma once

#include <harbor/action.hpp>

#include <string>
#include <vector>

#include "warning.hpp"

namespace harbor::compose {

/// Reports all of them as warnings, even those that would make a start fail.
void warn(Context& context, const std::vector<Warning>& warnings);

/// Reports those that would make a start fail as failures, the others as warnings.
void judge(Context& context, const std::vector<Warning>& warnings);

}  // namespace harbor::compose
