// Processes of a run that was killed before it could end them.
#pragma once

#include <cstddef>
#include <string>

namespace harbor::process {

/// Names under which every child finds its run and its project; how leftovers are known.
inline constexpr const char* run_variable = "HARBOR_RUN_ID";
inline constexpr const char* workspace_variable = "HARBOR_WORKSPACE";

/// Ends the processes that earlier runs of this project have left: TERM, 3 s, KILL. Call it with
/// the project's lock held, when no run can be alive but `own_run`. Returns how many there were.
std::size_t end_leftovers(const std::string& workspace, const std::string& own_run);

}  // namespace harbor::process
