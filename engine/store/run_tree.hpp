// Writing files beneath the run folder: whole trees, single files, removal.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "store/change_set.hpp"

namespace harbor::store {

/// `text` outlives the call.
struct TreeFile {
  std::string path;  ///< relative to the tree, or to the run folder
  std::string_view text;
  unsigned mode = 0600;  ///< permission bits
  /// Who it belongs to, where this process may say so; the folders on the way are open then.
  std::optional<uid_t> owner = {};
};

enum class FileChange : std::uint8_t { unchanged, created, updated, deleted };

/// Hears of every file of the old tree and of the new one, by path. Old content of more than 16
/// MiB, and of what is no regular file, is empty.
using OnChange = std::function<void(const std::string& path, FileChange change,
                                    std::string_view before, std::string_view after)>;

/// What all three throw: report::Error H0604 when a path leaves the run folder or a link is in the
/// way, H0705 when writing fails, H0706 when the old files cannot be read. What was there stays.
/// With `changes` they are staged there, and compared with what that and its base hold; without,
/// they have happened when the function returns.

/// Makes `folder` hold exactly `files`. With `look` nothing is written. Whether something differs.
bool replace_tree(const RunFolder& run, const std::string& folder, std::span<const TreeFile> files,
                  bool look = false, const OnChange& on_change = {}, ChangeSet* changes = nullptr);

/// Writes one file; false when it already is like that. With `look` nothing is written.
bool write_tree_file(const RunFolder& run, const TreeFile& file, bool look = false,
                     ChangeSet* changes = nullptr);

/// Removes a file or a folder with all that is in it; false when there is none. A link is removed
/// itself.
bool remove_tree(const RunFolder& run, const std::string& path, ChangeSet* changes = nullptr);

}  // namespace harbor::store
