// Writes files so that a reader sees the old or the new content, never a mixture.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::system {

/// Writes to a temporary name in the same folder, syncs, renames over `path`, syncs the folder.
/// Creates missing folders with 0700. Throws report::Error H0705 naming the path; what was there
/// stays.
void write_file(const std::filesystem::path& path, std::string_view text, unsigned mode = 0600);

/// What a symbolic link at the end of a path means.
enum class Links : std::uint8_t {
  refused,   ///< Harbor's own files are never links
  followed,  ///< a user's file may be a link
};

/// The whole file, nothing when there is none. Throws report::Error H0706 on other failures, for
/// what is not a regular file, and above `limit` bytes.
[[nodiscard]] std::optional<std::string> read_file(const std::filesystem::path& path,
                                                   std::size_t limit = 16u << 20,
                                                   Links links = Links::refused);

/// Names of the folders in a folder, sorted; none when there is no such folder. Throws
/// report::Error H0706 when that cannot be determined.
[[nodiscard]] std::vector<std::string> list_folders(const std::filesystem::path& path);

}  // namespace harbor::system
