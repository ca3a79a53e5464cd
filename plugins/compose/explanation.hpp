// Why each compose file of the tree is in or out, for a person: `harbor run source --explain`.
#pragma once

#include <string>

#include "capability.hpp"
#include "selection.hpp"

namespace harbor::compose {

/// One line per file, in merge order: in or out, the file, why, and the rule that applies; then one
/// line per capability that was looked for, with the evidence.
std::string explanation_of(const Selection& selection, const std::vector<Evidence>& evidence);

}  // namespace harbor::compose
