// Mounts that a service gets only if this machine has something to mount:
// `x-harbor-shared-volumes`.
#pragma once

#include <vector>

#include "merge.hpp"
#include "variable.hpp"

namespace harbor::compose {

/// Mounts `x-harbor-shared-volumes` (a list of mounts in short form) whose variables all have a
/// value; the others come back as warnings compose.shared_volume_skipped.
std::vector<Warning> apply_shared_volumes(Project& project, const Lookup& lookup);

}  // namespace harbor::compose
