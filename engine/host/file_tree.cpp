#include "host/file_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "report/code.hpp"

namespace harbor::host {
namespace {

constexpr off_t shown_content = off_t{16} << 20;
constexpr unsigned deepest = 200;          // folders in folders
constexpr std::size_t synced_singly = 16;  // files; more of them are synced with their file system
constexpr std::string_view new_suffix = ".new";
constexpr std::string_view old_suffix = ".old";
constexpr std::string_view file_suffix = ".tmp";

/// Trees of one run may be replaced by several steps at the same time, and each of them cleans up
/// what others left. Other processes are kept out by the project's lock.
std::mutex writing;

// ---- Failures

[[noreturn]] void fail(std::string_view code, std::string message, std::string hint) {
  throw report::Error{report::diagnose(code, std::move(message), {}, std::move(hint))};
}

std::string shown(const RunFolder& run, const std::string& path) { return run.shown + "/" + path; }

void require_inner(const RunFolder& run, const std::string& path) {
  if (is_inner_path(path)) return;
  std::string plain = path.substr(0, 200);
  std::replace(plain.begin(), plain.end(), '\0', '?');
  fail("H0604", "the path '" + plain + "' does not stay in " + run.shown,
       "write a path beneath " + run.shown + ", without '..', empty parts or a '/' at either end");
}

[[noreturn]] void fail_link(const RunFolder& run, const std::string& path) {
  fail("H0604", "a symbolic link stands on the way to '" + shown(run, path) + "'",
       "remove the link; Harbor follows none beneath " + run.shown);
}

[[noreturn]] void fail_write(const RunFolder& run, const std::string& path, int error) {
  if (error == ELOOP) fail_link(run, path);
  const bool is_full = error == ENOSPC || error == EDQUOT;
  fail("H0705", "cannot write '" + shown(run, path) + "': " + std::strerror(error),
       is_full
           ? "make room on its file system and run the command again; the old files are unchanged"
           : "look at the owner and the mode of the folder; the old files are unchanged");
}

[[noreturn]] void fail_read(const RunFolder& run, const std::string& path, int error) {
  if (error == ELOOP) fail_link(run, path);
  fail("H0706", "cannot read '" + shown(run, path) + "': " + std::strerror(error),
       "look at its owner and mode, or remove it");
}

// ---- Folders

/// The names in a folder, sorted; nothing when it cannot be read, errno then says why.
std::optional<std::vector<std::string>> names_in(int folder) {
  const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return std::nullopt;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::fdopendir(copy), ::closedir);
  if (!open) return std::nullopt;
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string_view name(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return std::nullopt;
  std::sort(names.begin(), names.end());
  return names;
}

/// Removes `name` and what is in it; 0 or errno.
int remove_all(int folder, const std::string& name, unsigned depth = 0) {
  if (::unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT) return 0;
  if (errno != EISDIR && errno != EPERM) return errno;
  if (depth > deepest) return ENAMETOOLONG;
  {
    const Descriptor inner(
        ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!inner.is_open()) return errno;
    const auto names = names_in(inner.get());
    if (!names) return errno;
    for (const std::string& each : *names)
      if (const int failed = remove_all(inner.get(), each, depth + 1)) return failed;
  }
  return ::unlinkat(folder, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : errno;
}

/// Some network file systems cannot sync a folder and say so.
int sync_folder(int folder) { return ::fsync(folder) == 0 || errno == EINVAL ? 0 : errno; }

/// A path's folder and its last part.
std::pair<std::string, std::string> split(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

/// The run folder, not open when there is none and none is to be made. The last part of its path is
/// not followed when it is a link: who plants that chooses where everything goes.
Descriptor open_run(const RunFolder& run, bool make) {
  const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Descriptor folder(::open(run.folder.c_str(), flags));
  if (folder.is_open() || (errno == ENOENT && !make)) return folder;
  if (errno == ENOENT) {
    std::error_code failed;
    const auto parent = run.folder.parent_path();
    if (!std::filesystem::exists(parent, failed)) {
      std::filesystem::create_directories(parent, failed);
      std::filesystem::permissions(parent, std::filesystem::perms::owner_all, failed);
    }
    if (::mkdir(run.folder.c_str(), 0700) == 0 || errno == EEXIST)
      folder = Descriptor(::open(run.folder.c_str(), flags));
    if (folder.is_open() && ::fchmod(folder.get(), 0700) == 0) return folder;
  }
  const int error = errno;
  struct stat status {};
  if (::lstat(run.folder.c_str(), &status) == 0 && S_ISLNK(status.st_mode))
    fail("H0604", run.shown + " is a symbolic link",
         "remove the link; Harbor writes into a folder of its own there");
  fail("H0705", "cannot open " + run.shown + ": " + std::strerror(error),
       "look at the owner and the mode of the folder");
}

// ---- The old tree

/// Of what was compared, so that nothing else is taken for it later.
struct Old {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  mode_t mode = 0;  ///< with the type

  explicit Old(const struct stat& status)
      : device(status.st_dev), inode(status.st_ino), size(status.st_size), mode(status.st_mode) {}
  friend bool operator==(const Old&, const Old&) = default;
};
using OldFiles = std::map<std::string, Old>;

/// All that is in a folder and is no folder; 0 or errno.
int list(int folder, const std::string& prefix, OldFiles& into, unsigned depth = 0) {
  if (depth > deepest) return ENAMETOOLONG;
  const auto names = names_in(folder);
  if (!names) return errno;
  for (const std::string& name : *names) {
    struct stat status {};
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return errno;
    if (!S_ISDIR(status.st_mode)) {
      into.emplace(prefix + name, Old(status));
      continue;
    }
    const Descriptor inner(
        ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!inner.is_open()) return errno;
    if (const int failed = list(inner.get(), prefix + name + "/", into, depth + 1)) return failed;
  }
  return 0;
}

/// The file that `old` was taken from, or not open when something else stands there.
Descriptor reopen(int folder, const std::string& path, const Old& old, Walk walk) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  Descriptor file = open_beneath(folder, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, walk);
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0 || Old(status) != old) return {};
  return file;
}

/// The content of a regular file of at most `shown_content` bytes.
std::optional<std::string> content_of(int folder, const std::string& path, const Old& old,
                                      Walk walk) {
  if (!S_ISREG(old.mode) || old.size > shown_content) return std::nullopt;
  const Descriptor file = reopen(folder, path, old, walk);
  if (!file.is_open()) return std::nullopt;
  std::string text(static_cast<std::size_t>(old.size), '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + length, text.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    length += static_cast<std::size_t>(got);
  }
  return text;
}

// ---- Writing

/// Creates a file that is complete but for the sync; 0 or errno.
int create(int folder, const std::string& name, std::string_view text, unsigned mode,
           Descriptor& file) {
  file = Descriptor(
      ::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.is_open()) return errno;
  while (!text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fchmod(file.get(), mode & 0777U) == 0 ? 0 : errno;
}

/// "." NAME "." 16 digits SUFFIX; a long name is shortened, so that this one is not too long.
std::string prefix_of(const std::string& name) { return "." + name.substr(0, 200) + "."; }

std::string temporary_name(const std::string& name, std::string_view suffix) {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != sizeof number)
    number = static_cast<std::uint64_t>(::getpid());
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(number));
  return prefix_of(name) + digits + std::string(suffix);
}

bool is_temporary(std::string_view entry, const std::string& name, std::string_view suffix) {
  const std::string prefix = prefix_of(name);
  if (entry.size() != prefix.size() + 16 + suffix.size()) return false;
  return entry.starts_with(prefix) && entry.ends_with(suffix) &&
         entry.substr(prefix.size(), 16).find_first_not_of("0123456789abcdef") ==
             std::string_view::npos;
}

/// Takes away what a killed run left. Where it was killed between its two renames, the old tree
/// comes back first.
void clean(int folder, const std::string& name) {
  for (const std::string& entry : names_in(folder).value_or(std::vector<std::string>())) {
    if (is_temporary(entry, name, old_suffix)) {
      struct stat status {};
      const bool is_missing =
          ::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
      if (is_missing && ::renameat(folder, entry.c_str(), folder, name.c_str()) == 0) continue;
    }
    if (is_temporary(entry, name, old_suffix) || is_temporary(entry, name, new_suffix) ||
        is_temporary(entry, name, file_suffix))
      remove_all(folder, entry);
  }
}

/// One replacement of a tree.
class Replacement {
 public:
  Replacement(const RunFolder& run, const std::string& folder, std::span<const TreeFile> files)
      : run_(run), folder_(folder), files_(files) {
    require_inner(run, folder);
    std::tie(parent_path_, name_) = split(folder);
    check_files();
  }

  bool look(const OnChange& on_change) {
    const Descriptor root = open_run(run_, false);
    if (root.is_open()) open_old(root.get());
    return compare(on_change);
  }

  bool replace(const OnChange& on_change) {
    if (const Descriptor root = open_run(run_, false); root.is_open()) {
      const Descriptor parent =
          parent_path_.empty()
              ? make_folders_beneath(root.get(), "")
              : open_beneath(root.get(), parent_path_, O_RDONLY | O_DIRECTORY, 0, run_.walk);
      if (parent.is_open()) clean(parent.get(), name_);
      open_old(root.get());
    }
    if (!compare(on_change)) return false;
    const Descriptor root = open_run(run_, true);
    parent_ = make_folders_beneath(root.get(), parent_path_);
    if (!parent_.is_open()) fail_write(run_, folder_, errno);
    const std::string stage = temporary_name(name_, new_suffix);
    int failed = fill(stage);
    if (!failed) failed = swap(stage);
    // Behind the swap this is the old tree. What cannot be removed now is removed the next time.
    remove_all(parent_.get(), stage);
    if (failed)
      fail_write(run_, failed_path_.empty() ? folder_ : folder_ + "/" + failed_path_, failed);
    if (const int unsynced = sync_folder(parent_.get())) fail_write(run_, folder_, unsynced);
    return true;
  }

 private:
  /// No path twice, and none that is a folder of another.
  void check_files() const {
    std::vector<std::string> paths;
    for (const TreeFile& file : files_) {
      require_inner(run_, file.path);
      require_inner(run_, folder_ + "/" + file.path);
      paths.push_back(file.path + "/");  // so that what is in a folder stands right behind it
    }
    std::sort(paths.begin(), paths.end());
    for (std::size_t i = 1; i < paths.size(); ++i)
      if (paths[i].starts_with(paths[i - 1])) {
        paths[i - 1].pop_back();
        fail("H0705", "two files want to be '" + shown(run_, folder_ + "/" + paths[i - 1]) + "'",
             "give one of them another name");
      }
  }

  void open_old(int root) {
    old_ = open_beneath(root, folder_, O_RDONLY | O_DIRECTORY, 0, run_.walk);
    if (old_.is_open()) {
      if (const int failed = list(old_.get(), "", old_files_)) fail_read(run_, folder_, failed);
    } else if (errno != ENOENT) {
      fail_read(run_, folder_, errno);
    }
  }

  /// Finds out what differs, and remembers which files do not.
  bool compare(const OnChange& on_change) {
    std::map<std::string, const TreeFile*> wanted;
    for (const TreeFile& file : files_) wanted.emplace(file.path, &file);
    bool differs = false;
    const auto report = [&](const std::string& path, FileChange change, std::string_view before,
                            std::string_view after) {
      differs |= change != FileChange::unchanged;
      if (on_change) on_change(path, change, before, after);
    };
    auto old = old_files_.begin();
    auto file = wanted.begin();
    while (old != old_files_.end() || file != wanted.end()) {
      if (old == old_files_.end() || (file != wanted.end() && file->first < old->first)) {
        report(file->first, FileChange::created, {}, file->second->text);
        ++file;
        continue;
      }
      const bool is_gone = file == wanted.end() || old->first < file->first;
      const auto before = needs_content(old->second, is_gone ? nullptr : file->second, on_change)
                              ? content_of(old_.get(), old->first, old->second, run_.walk)
                              : std::nullopt;
      if (is_gone) {
        report(old->first, FileChange::deleted, before.value_or(""), {});
      } else {
        const bool same = before == file->second->text && has_mode(old->second, *file->second);
        if (same) unchanged_.emplace(old->first, old->second);
        report(old->first, same ? FileChange::unchanged : FileChange::updated, before.value_or(""),
               file->second->text);
        ++file;
      }
      ++old;
    }
    return differs;
  }

  static bool has_mode(const Old& old, const TreeFile& file) {
    return old.mode == (S_IFREG | (file.mode & 0777U));
  }

  static bool needs_content(const Old& old, const TreeFile* file, const OnChange& on_change) {
    return on_change || (file && has_mode(old, *file) &&
                         static_cast<std::size_t>(old.size) == file->text.size());
  }

  /// Makes the new tree under the name `stage`; 0 or errno.
  int fill(const std::string& stage) {
    if (::mkdirat(parent_.get(), stage.c_str(), 0700) != 0) return errno;
    const Descriptor tree(
        ::openat(parent_.get(), stage.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!tree.is_open() || ::fchmod(tree.get(), 0700) != 0) return errno;
    for (const TreeFile& file : files_) {
      failed_path_ = file.path;
      if (const int failed = put(tree.get(), file)) return failed;
    }
    failed_path_.clear();
    return sync(tree.get());
  }

  int put(int tree, const TreeFile& file) {
    const auto [folder, name] = split(file.path);
    const Descriptor at = make_folders_beneath(tree, folder);
    if (!at.is_open()) return errno;
    if (const auto same = unchanged_.find(file.path); same != unchanged_.end()) {
      const Descriptor old = reopen(old_.get(), file.path, same->second, run_.walk);
      const std::string self = "/proc/self/fd/" + std::to_string(old.get());
      if (old.is_open() &&
          ::linkat(AT_FDCWD, self.c_str(), at.get(), name.c_str(), AT_SYMLINK_FOLLOW) == 0)
        return 0;
    }
    Descriptor made;
    if (const int failed = create(at.get(), name, file.text, file.mode, made)) return failed;
    return files_.size() > synced_singly || ::fsync(made.get()) == 0 ? 0 : errno;
  }

  int sync(int tree) const {
    if (files_.size() > synced_singly) return ::syncfs(tree) == 0 ? 0 : errno;
    return sync_folder(tree);
  }

  int swap(const std::string& stage) {
    const int at = parent_.get();
    if (!old_.is_open())
      return ::renameat2(at, stage.c_str(), at, name_.c_str(), RENAME_NOREPLACE) == 0 ||
                     ((errno == EINVAL || errno == ENOSYS) &&
                      ::renameat(at, stage.c_str(), at, name_.c_str()) == 0)
                 ? 0
                 : errno;
    if (run_.has_exchange) {
      if (::renameat2(at, stage.c_str(), at, name_.c_str(), RENAME_EXCHANGE) == 0) return 0;
      if (errno != EINVAL && errno != ENOSYS) return errno;
    }
    // Two renames: who is killed between them finds the old tree again by clean().
    const std::string aside = temporary_name(name_, old_suffix);
    if (::renameat(at, name_.c_str(), at, aside.c_str()) != 0) return errno;
    if (::renameat(at, stage.c_str(), at, name_.c_str()) != 0) {
      const int failed = errno;
      ::renameat(at, aside.c_str(), at, name_.c_str());
      return failed;
    }
    remove_all(at, aside);
    return 0;
  }

  const RunFolder& run_;
  const std::string& folder_;
  std::span<const TreeFile> files_;
  std::string parent_path_, name_;
  Descriptor parent_;
  Descriptor old_;
  OldFiles old_files_;
  OldFiles unchanged_;
  std::string failed_path_;
};

}  // namespace

bool replace_tree(const RunFolder& run, const std::string& folder, std::span<const TreeFile> files,
                  bool look, const OnChange& on_change) {
  Replacement replacement(run, folder, files);
  if (look) return replacement.look(on_change);
  const std::lock_guard guard(writing);
  return replacement.replace(on_change);
}

bool write_tree_file(const RunFolder& run, const TreeFile& file, bool look) {
  require_inner(run, file.path);
  const std::lock_guard guard(writing);
  const Descriptor root = open_run(run, !look);
  if (!root.is_open()) return true;
  struct stat status {};
  {
    const Descriptor old = open_beneath(root.get(), file.path, O_PATH, 0, run.walk);
    if (!old.is_open() && errno != ENOENT) fail_write(run, file.path, errno);
    if (old.is_open()) {
      if (::fstat(old.get(), &status) != 0) fail_read(run, file.path, errno);
      if (S_ISDIR(status.st_mode)) fail_write(run, file.path, EISDIR);
      const bool same = status.st_mode == (S_IFREG | (file.mode & 0777U)) &&
                        content_of(root.get(), file.path, Old(status), run.walk) == file.text;
      if (same) return false;
    }
  }
  if (look) return true;
  const auto [folder, name] = split(file.path);
  const Descriptor at = make_folders_beneath(root.get(), folder);
  if (!at.is_open()) fail_write(run, file.path, errno);
  clean(at.get(), name);
  const std::string temporary = temporary_name(name, file_suffix);
  Descriptor made;
  int failed = create(at.get(), temporary, file.text, file.mode, made);
  if (!failed && ::fsync(made.get()) != 0) failed = errno;
  if (!failed && ::renameat(at.get(), temporary.c_str(), at.get(), name.c_str()) != 0)
    failed = errno;
  if (failed) {
    ::unlinkat(at.get(), temporary.c_str(), 0);
    fail_write(run, file.path, failed);
  }
  if (const int unsynced = sync_folder(at.get())) fail_write(run, file.path, unsynced);
  return true;
}

bool remove_tree(const RunFolder& run, const std::string& path) {
  require_inner(run, path);
  const std::lock_guard guard(writing);
  const Descriptor root = open_run(run, false);
  if (!root.is_open()) return false;
  const auto [folder, name] = split(path);
  const Descriptor at =
      folder.empty() ? Descriptor(::openat(root.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
                     : open_beneath(root.get(), folder, O_RDONLY | O_DIRECTORY, 0, run.walk);
  if (!at.is_open() && errno == ENOENT) return false;
  if (!at.is_open()) fail_write(run, path, errno);
  struct stat status {};
  if (::fstatat(at.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return false;
    fail_write(run, path, errno);
  }
  if (const int failed = remove_all(at.get(), name)) fail_write(run, path, failed);
  sync_folder(at.get());
  return true;
}

}  // namespace harbor::host
