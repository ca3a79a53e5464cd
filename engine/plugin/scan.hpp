// Asks an unknown plugin for its description, in a separate process.
#pragma once

#include <chrono>
#include <filesystem>

#include "plugin/fault.hpp"
#include "plugin/pack.hpp"

namespace harbor::plugin {

/// How long a pack may take to describe itself; stock packs take milliseconds.
inline constexpr std::chrono::milliseconds scan_limit{2000};

/// Loads `file` (absolute, checked and trusted) in a child process, calls its entry point and
/// returns what it describes; identity, place and digest are left to the caller. The child has no
/// standard streams, no other files of this process, and limits on time, memory and the size of
/// files; its whole process group is gone when this returns. Must be called while the process has
/// one thread. Throws Refused H0305 to H0311; std::system_error when no child can be made.
[[nodiscard]] Pack scan(const std::filesystem::path& file,
                        std::chrono::milliseconds limit = scan_limit);

/// Whether a fault lies in the file itself, so that it need not be scanned again until it changes.
[[nodiscard]] bool is_lasting(const Fault& fault) noexcept;

/// Whether the scan was ended before the plugin had described itself: it crashed or hung.
[[nodiscard]] bool is_cut_off(const Fault& fault) noexcept;

}  // namespace harbor::plugin
