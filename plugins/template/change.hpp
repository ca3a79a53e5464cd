// What a plan says about one rendered file.
#pragma once

#include <harbor/action.hpp>

#include <string>

namespace harbor::templating {

/// The change to `file`, shown as `path`. `hides_old` hides the lines that disappear: they may hold
/// a secret that is no longer known, and so cannot be masked.
Change change_of(const FileChange& file, const std::string& path, bool hides_old);

}  // namespace harbor::templating
