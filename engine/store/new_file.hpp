// Files for the user to keep, outside of var/: new ones only.
#pragma once

#include <span>

#include "store/run_tree.hpp"

namespace harbor::store {

/// Writes files that are not there yet beneath `root.folder`, which is there: all of them or none,
/// each complete under its name or not there. Follows no link beneath it, and makes missing folders
/// with 0700. With `look` nothing is written. Throws report::Error: H0803 when one of them is there
/// already, as whatever it is; H0604 and H0705 as the functions of run_tree.hpp.
void write_new_files(const RunFolder& root, std::span<const TreeFile> files, bool look = false);

}  // namespace harbor::store
