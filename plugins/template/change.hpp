// What a plan says about one rendered file.
#pragma once

#include <harbor/action.hpp>

#include <string>

namespace harbor::templating {

/// The change to `file`, shown as `path`. `after` is its new text, with what came from secrets
/// masked: the host hides their values in the forms that it knows, and a template makes others.
/// `hides_old` hides the lines that disappear: they may hold a secret that is no longer known, and
/// so cannot be masked.
Change change_of(const FileChange& file, const std::string& path, const std::string& after,
                 bool hides_old);

}  // namespace harbor::templating
