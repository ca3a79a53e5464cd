// Walking folders without following a link: what is in them, what a file holds, removing it all.
#pragma once

#include <sys/stat.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "system/beneath.hpp"

namespace harbor::store {

/// What an entry was when it was looked at, so that nothing else is taken for it later.
struct Entry {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  mode_t mode = 0;  ///< with the type
  uid_t owner = 0;

  Entry() = default;
  explicit Entry(const struct stat& status)
      : device(status.st_dev),
        inode(status.st_ino),
        size(status.st_size),
        mode(status.st_mode),
        owner(status.st_uid) {}
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// All that is in a folder, by path beneath it; folders as well.
using Entries = std::map<std::string, Entry>;

/// Adds what is in `folder` and beneath, each path after `prefix`; 0 or errno.
[[nodiscard]] int list_tree(int folder, const std::string& prefix, Entries& into);

/// The content of a regular file, when it is still `entry` and holds at most 16 MiB.
[[nodiscard]] std::optional<std::string> content_of(int folder, const std::string& path,
                                                    const Entry& entry, system::Walk walk);

/// The names in a folder, sorted; nothing when it cannot be read, errno then says why.
[[nodiscard]] std::optional<std::vector<std::string>> names_in(int folder);

/// Removes all that is in `folder`. Goes on where something cannot be removed, and tells of it, by
/// path beneath the folder and errno.
void remove_contents(int folder, const std::function<void(const std::string&, int)>& tell);

}  // namespace harbor::store
