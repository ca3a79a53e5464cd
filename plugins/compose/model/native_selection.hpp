// Services that are left out of the selection because they run outside containers, and the files
// that replace theirs.
#pragma once

#include <string>
#include <vector>

#include "selection.hpp"
#include "warning.hpp"

namespace harbor::compose {

/// Names of `-x a,b -x c`: split at commas, each once, in order.
std::vector<std::string> excluded_names(const std::vector<std::string>& given);

/// Appends <name>/<name>_native.yml or stacks/<name>/<name>_native.yml for each excluded name that
/// has one, in that order. Throws compose.native_unknown (no file mentions the service),
/// compose.native_unreferenced (no chosen file has it as a token and nothing selects it).
void add_native_files(const Tree& tree, Selection& selection, const SelectionRequest& request);

/// Those of these services whose native file is among the chosen files. The others are left out
/// without a replacement, and get a warning compose.native_no_contract that makes a start fail.
std::vector<std::string> stand_ins(const std::vector<std::string>& names,
                                   const std::vector<std::string>& files,
                                   std::vector<Warning>& warnings);

}  // namespace harbor::compose
