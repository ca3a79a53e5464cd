// Files beneath the run folder: whole folders replaced at once, single files, removal. Nothing here
// follows a symbolic link or leaves the folder; permissions do not depend on the umask.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/diagnostic.hpp"
#include "system/beneath.hpp"

namespace harbor::store {

/// Where files may be written.
struct RunFolder {
  std::filesystem::path folder;  ///< absolute; made when it is needed
  std::string shown;             ///< what messages call it: "var/run"
  // What the kernel or the file system may lack; for tests.
  system::Walk walk = system::Walk::kernel;
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

/// What was there before changes beneath the run folder, kept beside the new until it is clear
/// which of them stays. Without a word it is the new.
class Rollback {
 public:
  Rollback() = default;
  Rollback(Rollback&&) = default;
  Rollback& operator=(Rollback&&) = delete;
  ~Rollback() { keep(); }

  /// The new stays; the old is removed.
  void keep() noexcept;
  /// The old comes back, the last change first. Whatever cannot come back is reported, H0705.
  [[nodiscard]] report::Diagnostics restore();
  /// Takes over the changes of `later`, which happened after all of these.
  void append(Rollback&& later);

  struct Change {
    RunFolder run;
    std::string folder;  ///< of the run folder, in which it happened; "" is that itself
    std::string name;    ///< what was changed
    std::string aside;   ///< where the old is now; empty when there was none
    std::string made;    ///< the outermost folder that was made for it; empty for none
  };
  void add(Change change) { changes_.push_back(std::move(change)); }

 private:
  std::vector<Change> changes_;
};

/// What all three throw: report::Error H0604 when a path leaves the run folder or a link is in the
/// way, H0705 when writing fails, H0706 when the old files cannot be read. What was there stays.
/// With a `rollback` what they change can come back later.

/// Makes `folder` hold exactly `files`. They are staged beside it and swapped in at once; those
/// that are as they were keep their inode and times. What a killed run left is cleaned up first.
/// With `look` nothing is written. Whether something differs.
bool replace_tree(const RunFolder& run, const std::string& folder, std::span<const TreeFile> files,
                  bool look = false, const OnChange& on_change = {}, Rollback* rollback = nullptr);

/// Writes one file; false when it already is like that. With `look` nothing is written.
bool write_tree_file(const RunFolder& run, const TreeFile& file, bool look = false,
                     Rollback* rollback = nullptr);

/// Removes a file or a folder with all that is in it; false when there is none. A link is removed
/// itself.
bool remove_tree(const RunFolder& run, const std::string& path, Rollback* rollback = nullptr);

}  // namespace harbor::store
