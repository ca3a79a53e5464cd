// The system's loader, and what its messages mean.
#pragma once

#include <harbor/plugin.h>

#include <filesystem>
#include <string_view>

#include "plugin/fault.hpp"

namespace harbor::plugin {

/// Loads a file permanently, which runs its constructors, and finds its entry point. `file` is
/// absolute. Throws Refused: H0306 no entry point, H0308 cannot be linked. One call at a time.
[[nodiscard]] harbor_plugin_entry_fn open_plugin(const std::filesystem::path& file);

/// What dlopen's message about `file` means and what can be done: always H0308.
[[nodiscard]] Fault explain_link_failure(std::string_view message,
                                         const std::filesystem::path& file);

}  // namespace harbor::plugin
