// What a plan says of one rendered file.
#pragma once

#include <harbor/action.hpp>

#include <string>

namespace harbor::templating {

/// The change that `file` is; `path` is shown. `hides_old` keeps back the lines that disappear:
/// they may hold a secret that is not known any more.
Change change_of(const FileChange& file, const std::string& path, bool hides_old);

}  // namespace harbor::templating
