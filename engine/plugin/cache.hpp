// The registry cache: what earlier scans found, so that a start reads one file and runs no plugin's
// code.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <variant>

#include "plugin/fault.hpp"
#include "plugin/pack.hpp"

namespace harbor::plugin {

/// The result of one scan: a description, or why the file is in quarantine. Valid only for exactly
/// the same file.
struct CacheEntry {
  Identity identity;
  std::variant<Pack, Fault> result;
};

/// By path of the file.
using Cache = std::map<std::string, CacheEntry, std::less<>>;

/// Empty when there is none, and when it cannot be used: damaged, of another version, or writable
/// by others.
[[nodiscard]] Cache read_cache(const std::filesystem::path& file);

/// Replaces the cache; 0600. A failure is not an error: the next start scans again.
void write_cache(const std::filesystem::path& file, const Cache& cache) noexcept;

}  // namespace harbor::plugin
