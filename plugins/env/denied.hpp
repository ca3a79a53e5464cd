// Names that an env file may not set, since they change what Harbor's own tools do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "layer.hpp"

namespace harbor::env {

/// Whether a variable of this name steers the loader, a shell, an interpreter, git, docker or sops
/// in any program that inherits it.
bool is_denied(std::string_view name);

/// Throws env.denied_name for the first variable that a file sets although its name is denied and
/// not in `allowed`. Harbor's own environment may hold such names: its owner put them there.
void require_harmless(const Merged& merged, const std::vector<std::string>& allowed);

}  // namespace harbor::env
