// Files and folders without which a start would fail.
#pragma once

#include <vector>

#include "merge.hpp"
#include "tree.hpp"
#include "variable.hpp"

namespace harbor::compose {

/// compose.env_file_missing, compose.build_context_missing (also for a Dockerfile): one error for
/// each that is missing. Paths with a variable without a value, and files that a step writes into
/// var/run, are not checked.
std::vector<Warning> check_files(const Project& project, const Tree& tree, const Lookup& lookup);

}  // namespace harbor::compose
