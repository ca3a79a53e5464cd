// "did you mean": the known names nearest to a wrong one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace harbor::compose {

/// Up to three names at most a third of `wrong` away (transpositions count one), nearest first,
/// then by bytes.
std::vector<std::string> suggest(std::string_view wrong, const std::vector<std::string>& known);

/// "did you mean 'a' or 'b'?", or an empty string for no names.
std::string did_you_mean(const std::vector<std::string>& names);

}  // namespace harbor::compose
