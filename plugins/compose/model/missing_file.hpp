// Files and folders without which a start would fail.
#pragma once

#include <vector>

#include "merge.hpp"
#include "tree.hpp"
#include "variable.hpp"

namespace harbor::compose {

/// compose.env_file_missing, compose.build_context_missing (also for a Dockerfile): one error for
/// each that is not there. What a variable without a value leads to is not looked for, nor what a
/// step writes into var/run.
std::vector<Warning> check_files(const Project& project, const Tree& tree, const Lookup& lookup);

}  // namespace harbor::compose
