// Which packs of a project may run: SHA-256 pins in harbor.lock.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::plugin {

/// harbor.lock: {"version": 1, "plugins": {"packs/acme.so": {"sha256": ["..."], "id": "...",
/// "version": "..."}}}, paths relative to the project. Several hashes: one per platform.
struct LockFile {
  struct Entry {
    std::vector<std::string> sha256;
    std::string id, version;
  };
  std::map<std::string, Entry> plugins;
};

/// Empty when there is none; throws report::Error H0320 when it cannot be read.
[[nodiscard]] LockFile read_lock_file(const std::filesystem::path& file);
/// Throws report::Error H0705.
void write_lock_file(const std::filesystem::path& file, const LockFile& lock);

/// Throws Refused unless `lock` pins this content of `file`, a real path: H0312 not named, H0313
/// other content.
void check_trust(const LockFile& lock, const std::filesystem::path& project,
                 const std::filesystem::path& file, std::string_view sha256);

/// What is now trusted.
struct Trusted {
  std::string path, id, version, sha256;
  std::vector<std::string> actions;
};

/// Pins `plugin` (checked and scanned first, which runs its constructors; throws report::Error
/// H03xx when it is refused). Pins of the same version stay: they may be for other platforms. Pins
/// of another version are replaced.
Trusted trust(const std::filesystem::path& project, const std::filesystem::path& lock_file,
              const std::filesystem::path& plugin);
/// False when it was not trusted. The file need not exist any more.
bool untrust(const std::filesystem::path& project, const std::filesystem::path& lock_file,
             const std::filesystem::path& plugin);

}  // namespace harbor::plugin
