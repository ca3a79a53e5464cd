// var/state/key: what digests of secrets are made with, so that a digest tells nothing to who does
// not have it. 64 hex digits, mode 0600.
#pragma once

#include <filesystem>
#include <string>

namespace harbor::store {

/// The key of the project; without one, a key of this process. `var` is the project's folder.
/// Thread-safe. Throws report::Error H0706 when it cannot be read.
[[nodiscard]] std::string project_key(const std::filesystem::path& var);

/// The same, made where there is none; have the lock of the project. Throws H0705 and H0706.
[[nodiscard]] std::string make_project_key(const std::filesystem::path& var);

}  // namespace harbor::store
