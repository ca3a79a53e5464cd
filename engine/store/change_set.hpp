// Changes of files beneath the run folder: staged one by one, made real together or not at all.
//
// Folders that stay keep their inode, so that a container that mounts one sees what is new in it;
// files in them are replaced by a rename each, and files that are as they were are not touched.
// Permissions do not depend on the umask: files have their mode, folders are open to whoever may
// read a file in them.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "report/diagnostic.hpp"
#include "store/change_record.hpp"
#include "store/run_folder.hpp"
#include "store/tree_walk.hpp"

namespace harbor::store {

/// What differs from the files on the disk. All that it names stands in the staging folder until
/// it is committed; until then nobody else sees it. Functions may be called from any thread.
class ChangeSet {
 public:
  ChangeSet() = default;
  /// Changes on top of those of `base`, which outlives this one.
  explicit ChangeSet(const ChangeSet* base) : base_(base) {}
  ChangeSet(const ChangeSet&) = delete;
  ChangeSet& operator=(const ChangeSet&) = delete;
  ~ChangeSet() { drop(); }

  /// All changes happen, or what cannot happen is told (H0604, H0705, H0706) and none does. A
  /// warning is no failure. Empty afterwards.
  [[nodiscard]] report::Diagnostics commit();
  /// Forgets all changes and what was staged for them. What cannot be removed stays until the next
  /// run recovers.
  void drop() noexcept;
  /// Takes over the changes of `later`, which was made on top of this one.
  void append(ChangeSet& later);

 private:
  friend class Staging;

  struct File {
    std::string staged;  ///< its name in the staging folder; empty: the file goes
    Entry entry;         ///< of the staged file
  };
  [[nodiscard]] bool is_empty() const {
    return files_.empty() && folders_.empty() && pruned_.empty();
  }
  void forget() noexcept;
  /// What commit() is to do. What the old files need to come back gets names in `staging`.
  [[nodiscard]] ChangeRecord record(int root, int staging) const;

  const ChangeSet* base_ = nullptr;
  RunFolder run_;
  bool has_staged_ = false;  ///< something, whatever became of it
  std::map<std::string, File> files_;
  std::map<std::string, unsigned> folders_;  ///< that are there then, and their mode
  std::set<std::string> pruned_;             ///< folders that go
};

/// Held while files beneath the run folder are compared and written: steps of one run may do so at
/// the same time. Other processes are kept out by the project's lock.
[[nodiscard]] std::recursive_mutex& writing() noexcept;

}  // namespace harbor::store
