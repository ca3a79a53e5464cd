// "did you mean": the known names nearest to a wrong one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace harbor::suggestion {

/// "did you mean 'a' or 'b'?" of up to three names of `known` that are at most a third of `wrong`
/// away (a transposition counts one), nearest first, then by bytes. Empty when none is near.
std::string did_you_mean(std::string_view wrong, const std::vector<std::string>& known);

}  // namespace harbor::suggestion
