// The folder for state, var: who may have his hands in it.
#pragma once

#include <filesystem>

namespace harbor::store {

/// Throws report::Error H0605 when `var`, where it is there, belongs to somebody who has no say in
/// the project (its owner is not this user, root or the owner of the project folder), when others
/// may write in it, or when a folder of its own in it is a link or no folder. H0706
/// when that cannot be told.
void require_own(const std::filesystem::path& var);

}  // namespace harbor::store
