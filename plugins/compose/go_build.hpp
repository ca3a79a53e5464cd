// What the file of a Go program tells about itself without being run.
#pragma once

#include <optional>
#include <string>

namespace harbor::compose {

/// The toolchain that a program was built with ("1.26.2"), from its section .go.buildinfo; nothing
/// for anything else.
std::optional<std::string> go_toolchain_of(const std::string& path);

/// A version that this Compose has at least, as far as its file tells: a toolchain of 2024 built no
/// Compose older than 2.24. Nothing when it must be asked.
std::optional<std::string> known_compose(const std::string& path);

}  // namespace harbor::compose
