// Processes of a run that was killed before it could end them.
#pragma once

#include <cstddef>
#include <string>

namespace harbor::process {

/// Variables that tell every child its run and its project; leftovers are recognized by them.
inline constexpr const char* run_variable = "HARBOR_RUN_ID";
inline constexpr const char* workspace_variable = "HARBOR_WORKSPACE";

/// Ends the processes of a run that was killed: TERM, 3 s, KILL. Those of other runs of the project
/// are not touched: one of them may be following a log. Returns how many there were.
std::size_t end_leftovers(const std::string& workspace, const std::string& run);

}  // namespace harbor::process
