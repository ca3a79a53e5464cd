// The files beneath the run folder as they will be once a change set is committed, and the way to
// change them in it.
#pragma once

#include <string>
#include <string_view>

#include "store/change_set.hpp"

namespace harbor::store {

/// Folders are open to whoever may read the files in them: 0644 -> 0755, 0640 -> 0750.
[[nodiscard]] constexpr unsigned folder_mode(unsigned file_mode) noexcept {
  const unsigned others = file_mode & 0044U;
  return 0700U | others | others >> 2U;
}

struct TreeFile;

/// A view of the disk, then of the change sets on it. Hold writing() while there is one.
class Staging {
 public:
  /// Something in the view.
  struct Item {
    Entry entry;
    std::string staged;  ///< its name in the staging folder; empty: it stands on the disk
  };
  using Items = std::map<std::string, Item>;

  /// Both outlive this. Throws report::Error as open_run() does.
  Staging(const RunFolder& run, ChangeSet& changes);

  /// What stands at `path`, nothing when there is nothing. errno of what stops the look, ELOOP for
  /// a link on the way or at its end, ENOTDIR for a file on the way.
  [[nodiscard]] std::optional<Item> find(const std::string& path, int& error) const;
  /// The same, but a link at the end is what stands there.
  [[nodiscard]] std::optional<Item> find_itself(const std::string& path, int& error) const;
  /// All that is beneath a folder, by path beneath it; 0 or errno.
  [[nodiscard]] int list(const std::string& folder, Items& into) const;
  /// The content of a regular file of at most 16 MiB.
  [[nodiscard]] std::optional<std::string> content(const std::string& path, const Item& item) const;

  // What changes. Throws as fail_write() does.

  /// Its own path is not looked at.
  void put(const std::string& path, const TreeFile& file);
  void remove(const std::string& path);
  /// The folder is there, with exactly that mode.
  void keep_folder(const std::string& path, unsigned mode);
  /// The folders on the way to `path` are there, and open at least to `mode`.
  void open_way(const std::string& path, unsigned mode);
  void prune(const std::string& path);

 private:
  [[nodiscard]] std::optional<Item> on_disk(const std::string& path, int& error) const;
  /// Whether `layer` knows; then what, in `item`.
  static bool knows(const ChangeSet& layer, const std::string& path, std::optional<Item>& item);
  static void overlay(const ChangeSet& layer, const std::string& prefix, Items& into);
  [[nodiscard]] std::vector<const ChangeSet*> layers() const;
  void make_staging(const std::string& path);

  const RunFolder& run_;
  ChangeSet& changes_;
  system::FileDescriptor root_;     ///< not open while there is no run folder
  system::FileDescriptor staging_;  ///< likewise
};

}  // namespace harbor::store
