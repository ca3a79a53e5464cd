// Files of the project, read whole.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "project_file.hpp"

namespace harbor::secrets_sops {

using project_file::File;

/// Files beneath `workspace` that match `pattern`, relative and sorted by bytes; without wildcard
/// the name itself, even if it does not exist. Throws secrets.bad_path for a pattern that leads
/// out, secrets.unreadable_file for a folder that cannot be read.
std::vector<std::string> matching_files(const std::filesystem::path& workspace,
                                        const std::string& pattern);

/// A regular file of the project, reached by no link that leads out of it; nothing when there is
/// none. Throws secrets.unreadable_file.
std::optional<File> read_project_file(const std::filesystem::path& workspace,
                                      const std::string& name,
                                      std::size_t limit = std::size_t{1} << 20);

/// A regular file of at most `limit` bytes; nothing when there is none. `shown` is its name in
/// messages. Throws secrets.unreadable_file.
std::optional<File> read_file(const std::filesystem::path& path, const std::string& shown,
                              std::size_t limit = std::size_t{1} << 20);

}  // namespace harbor::secrets_sops
