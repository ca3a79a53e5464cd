// Files beneath the run folder: whole folders replaced at once, single files, removal. Nothing here
// follows a symbolic link or leaves the folder; permissions do not depend on the umask.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "host/beneath.hpp"

namespace harbor::host {

/// Where files may be written.
struct RunFolder {
  std::filesystem::path folder;  ///< absolute; made when it is needed
  std::string shown;             ///< what messages call it: "var/run"
  // What the kernel or the file system may lack; for tests.
  Walk walk = Walk::kernel;
  bool has_exchange = true;  ///< renameat2() can swap two folders
};

/// `text` outlives the call.
struct TreeFile {
  std::string path;  ///< relative to the tree, or to the run folder
  std::string_view text;
  unsigned mode = 0600;  ///< permission bits
};

enum class FileChange : std::uint8_t { unchanged, created, updated, deleted };

/// Hears of every file of the old tree and of the new one, by path. Old content of more than 16
/// MiB, and of what is no regular file, is empty.
using OnChange = std::function<void(const std::string& path, FileChange change,
                                    std::string_view before, std::string_view after)>;

/// What all three throw: report::Error H0604 when a path leaves the run folder or a link is in the
/// way, H0705 when writing fails, H0706 when the old files cannot be read. What was there stays.

/// Makes `folder` hold exactly `files`. They are staged beside it and swapped in at once; those
/// that are as they were keep their inode and times. What a killed run left is cleaned up first.
/// With `look` nothing is written. Whether something differs.
bool replace_tree(const RunFolder& run, const std::string& folder, std::span<const TreeFile> files,
                  bool look = false, const OnChange& on_change = {});

/// Writes one file; false when it already is like that. With `look` nothing is written.
bool write_tree_file(const RunFolder& run, const TreeFile& file, bool look = false);

/// Removes a file or a folder with all that is in it; false when there is none. A link is removed
/// itself.
bool remove_tree(const RunFolder& run, const std::string& path);

}  // namespace harbor::host
