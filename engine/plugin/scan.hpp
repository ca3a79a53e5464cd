// Asking an unknown plugin for its description, in a process of its own.
#pragma once

#include <chrono>
#include <filesystem>

#include "plugin/fault.hpp"
#include "plugin/pack.hpp"

namespace harbor::plugin {

/// Loads `file` (absolute, checked and trusted) in a child process, calls its entry point and
/// returns what it describes; identity, place and digest are left to the caller. The child has no
/// standard streams, no other files of this process, and limits on time, memory and the size of
/// files; its whole process group is gone when this returns. Must be called while the process has
/// one thread. Throws Refused H0305 to H0311; std::system_error when no child can be made.
[[nodiscard]] Pack scan(const std::filesystem::path& file,
                        std::chrono::milliseconds limit = std::chrono::seconds(2));

/// Whether a fault lies in the file alone, so that it need not be looked for again before the file
/// changes.
[[nodiscard]] bool is_lasting(const Fault& fault) noexcept;

}  // namespace harbor::plugin
