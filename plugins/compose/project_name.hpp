// The name of a Compose project.
#pragma once

#include <string>
#include <string_view>

namespace harbor::compose {

/// `text` as Compose normalises it: lower case, without characters other than letters, digits, `_`
/// and `-`, and without leading `_` and `-`. May become empty.
std::string normalised_project_name(std::string_view text);

/// The descriptor's name or, without one, that of the project folder, normalised. Throws
/// compose.project_name if nothing is left of it.
std::string project_name(std::string_view descriptor_name, std::string_view workspace);

}  // namespace harbor::compose
