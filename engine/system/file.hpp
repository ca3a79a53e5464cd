// Writing files so that a reader sees the old or the new one, never half.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace harbor::system {

/// Writes to a temporary name in the same folder, syncs, renames over `path`, syncs the folder.
/// Creates missing folders with 0700. Throws report::Error H0705 naming the path; what was there
/// stays.
void write_file(const std::filesystem::path& path, std::string_view text, unsigned mode = 0600);

/// The whole file, nothing when there is none. Throws report::Error H0706 on other failures and
/// above `limit` bytes.
[[nodiscard]] std::optional<std::string> read_file(const std::filesystem::path& path,
                                                   std::size_t limit = 16u << 20);

}  // namespace harbor::system
