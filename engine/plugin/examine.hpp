// One file, from its name to its description.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "plugin/pack.hpp"
#include "plugin/safe_path.hpp"
#include "plugin/scan.hpp"

namespace harbor::plugin {

/// Decides on the SHA-256 of a file whether its code may run; throws Refused if not.
using MayRun = std::function<void(const std::string& sha256)>;

/// Reads the ELF note, hashes, asks `may_run`, scans in a child, and makes sure that the file
/// stayed the same meanwhile. `limit` is that of scan(). Everything but the place is filled in.
/// Throws Refused, as scan() does and H0303 to H0305, H0314.
[[nodiscard]] Pack examine(const SafeFile& file, const MayRun& may_run,
                           std::chrono::milliseconds limit = scan_limit);

}  // namespace harbor::plugin
