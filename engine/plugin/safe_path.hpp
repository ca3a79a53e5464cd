// Opens a file that only the user and root can have changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>

#include "plugin/fault.hpp"
#include "plugin/pack.hpp"
#include "system/file_descriptor.hpp"

namespace harbor::plugin {

/// An open file, checked together with the path that leads to it.
struct SafeFile {
  std::filesystem::path path;  ///< absolute, symbolic links resolved
  Identity identity;
  system::FileDescriptor open;
};

/// Opens `file`, an absolute path beneath `root`, a real path. A symbolic link may lead anywhere
/// beneath `root`. The file and every folder above it belong to the user or to root and are not
/// writable by others; a folder above with the sticky bit is fine. Throws Refused: H0301 owner or
/// mode, H0302 link, H0303 no regular file, H0316 missing.
[[nodiscard]] SafeFile open_safely(const std::filesystem::path& file,
                                   const std::filesystem::path& root);

/// Real paths of folders that were found safe, so that a search checks each folder once.
using SafeFolders = std::set<std::string, std::less<>>;

/// The same, for one of many files: adds to `known`, and trusts what is in it.
[[nodiscard]] SafeFile open_safely(const std::filesystem::path& file,
                                   const std::filesystem::path& root, SafeFolders& known);

/// Whether `path` is `root` or lies beneath it. Both are normal and absolute; nothing is looked up.
[[nodiscard]] bool is_within(const std::filesystem::path& path, const std::filesystem::path& root);

/// What `file` is now, for comparison with an earlier result; all zero when it is gone.
[[nodiscard]] Identity identify(const std::filesystem::path& file);

}  // namespace harbor::plugin
