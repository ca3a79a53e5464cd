// The chosen files as a compose file to use elsewhere, and the .env beside it.
#pragma once

#include <harbor/action.hpp>

#include <string>

#include "eject.hpp"

namespace harbor::compose {

/// `input` holds `files`, `native` and `env` as the actions have them; `from` is the project
/// folder, relative to where the file will be. Reports the warnings.
Ejected ejected(Context& context, const json& input, const std::string& from = ".");

/// The .env beside it; secrets of the artifact `env` stay empty.
std::string env_text(const Ejected& ejected, const json& env);

}  // namespace harbor::compose
