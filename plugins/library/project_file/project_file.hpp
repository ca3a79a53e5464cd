// Files of the project as packs read them: named from its folder, plain, and of a bounded size.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace harbor::project_file {

/// Whether `path` is relative, not empty and has no "..": what a descriptor may name.
bool is_inside(const std::string& path);

/// Files beneath `workspace` that match `pattern` (`*`, `?`, `[...]`), relative and sorted by
/// bytes; without a wildcard the name itself, whether it is there or not. Throws std::system_error
/// for a folder that cannot be looked into.
std::vector<std::string> matching(const std::filesystem::path& workspace,
                                  const std::string& pattern);

struct File {
  std::string text;
  unsigned mode = 0;    ///< permission bits
  bool is_own = false;  ///< it belongs to the user who runs Harbor
};

/// The whole file `name` of the project; nothing when there is none. Links are followed within
/// `workspace`. Throws std::system_error with the errno: EXDEV for a link that leads out of it,
/// EISDIR or EINVAL for anything but a regular file, EFBIG for more than `limit` bytes.
std::optional<File> read_inside(const std::filesystem::path& workspace, const std::string& name,
                                std::size_t limit);

/// The same for a file that need not be the project's.
std::optional<File> read(const std::filesystem::path& path, std::size_t limit);

}  // namespace harbor::project_file
