// Names that an env file may not set, because they change what Harbor's own tools do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "layer.hpp"

namespace harbor::env {

/// Whether a variable of this name controls the loader, a shell, an interpreter, git, docker or
/// sops in a program that inherits it.
bool is_denied(std::string_view name);

/// Throws env.denied_name for the first variable with a denied name, not in `allowed`, that a file
/// sets. Harbor's own environment may have such names: its owner put them there.
void require_harmless(const Merged& merged, const std::vector<std::string>& allowed);

}  // namespace harbor::env
