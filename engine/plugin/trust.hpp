// Which packs of a project may run: SHA-256 pins in harbor.lock.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace harbor::plugin {

/// harbor.lock: {"version": 1, "plugins": {"packs/acme.so": {"sha256": ["..."], "id": "...", "version": "..."}}}, paths
/// relative to the project. Several hashes: one a platform.
struct LockFile {
  struct Entry {
    std::vector<std::string> sha256;
    std::string id, version;
  };
  std::map<std::string, Entry> plugins;
};

/// Empty when there is none; throws report::Error H0320 when it cannot be read.
[[nodiscard]] LockFile read_lock_file(const std::filesystem::path& file);
void write_lock_file(const std::filesystem::path& file, const LockFile& lock);

/// Pins `plugin` (checked and scanned first; throws when it is refused) and returns what is now trusted.
struct Trusted {
  std::string path, id, version, sha256;
  std::vector<std::string> actions;
};
Trusted trust(const std::filesystem::path& project, const std::filesystem::path& lock_file,
              const std::filesystem::path& plugin);
/// False when it was not trusted.
bool untrust(const std::filesystem::path& project, const std::filesystem::path& lock_file,
             const std::filesystem::path& plugin);

}  // namespace harbor::plugin
