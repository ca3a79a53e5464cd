#include "store/change_set.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "store/commit.hpp"

namespace harbor::store {
namespace {

/// Looks up what stands on the disk now, and keeps it for the way back.
class Past {
 public:
  Past(const RunFolder& run, int root, int staging) : run_(run), root_(root), staging_(staging) {}

  /// Whether there is something that is no folder. It gets a second name in the staging folder.
  bool keep_file(const std::string& path, ChangeRecord& record) {
    struct stat status {};
    const auto [folder, name] = split_path(path);
    const system::FileDescriptor at = open_folder(run_, root_, folder);
    if (!at.is_open() || ::fstatat(at.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      require_absent(path, record);
      return false;
    }
    if (S_ISDIR(status.st_mode)) return false;
    if (!record.back) return true;
    const std::string kept = "old-" + std::to_string(record.back->put.size() + 1);
    if (run_.has_links && ::linkat(at.get(), name.c_str(), staging_, kept.c_str(), 0) == 0) {
      record.back->put.emplace_back(path, kept);
      return true;
    }
    // No hard links here, or none to a file of another owner: there is no way back.
    forget_way_back(record);
    return true;
  }

  /// The mode of a folder, nothing where there is none.
  [[nodiscard]] std::optional<unsigned> mode_of(const std::string& path,
                                                ChangeRecord& record) const {
    struct stat status {};
    const system::FileDescriptor folder = open_folder(run_, root_, path);
    if (folder.is_open() && ::fstat(folder.get(), &status) == 0) return status.st_mode & 0777U;
    require_absent(path, record);
    return std::nullopt;
  }

 private:
  /// What cannot be looked at is there, and would stay: maybe with an old secret in it.
  void require_absent(const std::string& path, ChangeRecord& record) const {
    const int error = errno;
    // A link or a file may stand where a folder is to come.
    if (error == ENOENT || error == ENOTDIR || error == ELOOP) return;
    forget_way_back(record);
    fail_read(run_, path, error);
  }

  void forget_way_back(ChangeRecord& record) const {
    if (!record.back) return;
    for (const auto& [old, other] : record.back->put) ::unlinkat(staging_, other.c_str(), 0);
    record.back.reset();
  }

  const RunFolder& run_;
  int root_, staging_;
};

bool has_record(int staging) {
  return ::faccessat(staging, change_record_name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

}  // namespace

std::recursive_mutex& writing() noexcept {
  static std::recursive_mutex mutex;
  return mutex;
}

void ChangeSet::forget() noexcept {
  files_.clear();
  folders_.clear();
  pruned_.clear();
  has_staged_ = false;
}

ChangeRecord ChangeSet::record(int root, int staging) const {
  ChangeRecord record;
  // A single step needs no way back.
  if (files_.size() + pruned_.size() > 1) record.back.emplace();
  Past past(run_, root, staging);
  for (const auto& [path, file] : files_) {
    const bool is_old = past.keep_file(path, record);
    if (!file.staged.empty()) {
      record.forward.put.emplace_back(path, file.staged);
      if (!is_old && record.back) record.back->remove.push_back(path);
    } else if (is_old) {
      record.forward.remove.push_back(path);
    }
  }
  std::vector<std::pair<std::string, unsigned>> old_folders;
  std::vector<std::string> new_folders;
  for (const auto& [path, mode] : folders_) {
    record.forward.folders.emplace_back(path, mode);
    if (const auto old = past.mode_of(path, record))
      old_folders.emplace_back(path, *old);
    else
      new_folders.push_back(path);
  }
  for (const auto& path : pruned_)
    if (const auto old = past.mode_of(path, record)) {
      record.forward.prune.push_back(path);
      old_folders.emplace_back(path, *old);
    }
  // A folder's path is the beginning of those within it: sorted, the outer one stands first.
  std::reverse(record.forward.prune.begin(), record.forward.prune.end());
  if (!record.back) return record;
  std::sort(old_folders.begin(), old_folders.end());
  record.back->folders = std::move(old_folders);
  record.back->prune.assign(new_folders.rbegin(), new_folders.rend());
  return record;
}

report::Diagnostics ChangeSet::commit() {
  const std::lock_guard guard(writing());
  if (is_empty()) return {};
  report::Diagnostics problems;
  try {
    const system::FileDescriptor root = open_run(run_, true);
    const system::FileDescriptor staging = system::make_folders_beneath(root.get(), staging_folder);
    if (!staging.is_open()) fail_write(run_, std::string(staging_folder), errno);
    problems = store::commit(run_, root.get(), staging.get(), record(root.get(), staging.get()));
    // What was opened above may have been moved away meanwhile: whoever reads var/run then gets
    // other files than those of the change.
    refuse_link(run_);
  } catch (const report::Error& error) {
    problems = error.diagnostics();
  }
  drop();
  return problems;
}

void ChangeSet::drop() noexcept {
  if (is_empty() && !has_staged_) return;
  try {
    const std::lock_guard guard(writing());
    const system::FileDescriptor root = open_run(run_, false);
    const std::string folder(staging_folder);
    const system::FileDescriptor staging =
        root.is_open() ? open_folder(run_, root.get(), folder) : system::FileDescriptor();
    // A change that could not be completed needs what was staged for it.
    if (staging.is_open() && !has_record(staging.get())) {
      for (const auto& [path, file] : files_)
        if (!file.staged.empty()) ::unlinkat(staging.get(), file.staged.c_str(), 0);
      // Other change sets may have files there.
      ::unlinkat(root.get(), folder.c_str(), AT_REMOVEDIR);
    }
  } catch (const std::exception&) {
    // The folder is not reachable any more, by a link for example; recover() tells of that.
  }
  forget();
}

void ChangeSet::append(ChangeSet& later) {
  const std::lock_guard guard(writing());
  if (later.is_empty()) return;
  run_ = later.run_;
  has_staged_ = has_staged_ || later.has_staged_;
  std::vector<std::string> replaced;
  for (auto& [path, file] : later.files_) {
    auto& at = files_[path];
    if (!at.staged.empty()) replaced.push_back(at.staged);
    at = std::move(file);
    if (!at.staged.empty()) folders_.erase(path);
  }
  for (const auto& path : later.pruned_) {
    folders_.erase(path);
    pruned_.insert(path);
  }
  for (const auto& [path, mode] : later.folders_) {
    folders_[path] = mode;
    pruned_.erase(path);
  }
  later.forget();
  try {
    const system::FileDescriptor root = open_run(run_, false);
    const system::FileDescriptor staging =
        root.is_open() ? open_folder(run_, root.get(), std::string(staging_folder))
                       : system::FileDescriptor();
    for (const auto& name : replaced) ::unlinkat(staging.get(), name.c_str(), 0);
  } catch (const report::Error&) {
    // What is left there goes when the next run recovers.
  }
}

}  // namespace harbor::store
