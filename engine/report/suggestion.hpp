// "did you mean 'port'?"
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::report {

/// The candidate nearest to `word` by edit distance (transpositions count as one), or nothing when
/// none is near enough to be a typo (a distance of at most a third of the word's length, but at
/// least one).
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 const std::vector<std::string>& candidates);

/// "did you mean 'port'?", or an empty string.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string>& candidates);

}  // namespace harbor::report
