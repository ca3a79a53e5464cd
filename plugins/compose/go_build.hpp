// What a Go program's file says about itself, without running it.
#pragma once

#include <optional>
#include <string>

namespace harbor::compose {

/// The toolchain that a program was built with ("1.26.2"), from its section .go.buildinfo; nothing
/// for anything else.
std::optional<std::string> go_toolchain_of(const std::string& path);

/// The lowest version that this Compose can have, judging by its file: no toolchain of 2024 built a
/// Compose older than 2.24. Nothing if it has to be asked.
std::optional<std::string> known_compose(const std::string& path);

}  // namespace harbor::compose
