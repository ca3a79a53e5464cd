#include "store/run_folder.hpp"

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
#include <set>
#include <utility>
#include <vector>

#include "report/code_secret.hpp"
#include "report/code_store.hpp"

namespace harbor::store {
namespace {

constexpr off_t shown_content = off_t{16} << 20;
constexpr unsigned deepest = 200;          // folders in folders
constexpr std::size_t synced_singly = 16;  // files; more of them are synced with their file system
constexpr std::string_view new_suffix = ".new";
constexpr std::string_view old_suffix = ".old";
constexpr std::string_view file_suffix = ".tmp";
constexpr std::string_view gone_suffix = ".gone";

/// Trees of one run may be replaced by several steps at the same time, and each of them cleans up
/// what others left. Other processes are kept out by the project's lock.
std::mutex writing;

/// What rollbacks keep, by its random name: no clean-up takes it.
std::set<std::string> kept;

// ---- Failures

[[noreturn]] void fail(std::string_view code, std::string message, std::string hint) {
  throw report::Error{report::diagnose(code, std::move(message), {}, std::move(hint))};
}

std::string shown(const RunFolder& run, const std::string& path) { return run.shown + "/" + path; }

void require_inner(const RunFolder& run, const std::string& path) {
  if (system::is_inner_path(path)) return;
  std::string plain = path.substr(0, 200);
  std::replace(plain.begin(), plain.end(), '\0', '?');
  fail(report::code::path_leaves_run_folder,
       "the path '" + plain + "' does not stay in " + run.shown,
       "write a path beneath " + run.shown + ", without '..', empty parts or a '/' at either end");
}

[[noreturn]] void fail_link(const RunFolder& run, const std::string& path) {
  fail(report::code::path_leaves_run_folder,
       "a symbolic link stands on the way to '" + shown(run, path) + "'",
       "remove the link; Harbor follows none beneath " + run.shown);
}

[[noreturn]] void fail_write(const RunFolder& run, const std::string& path, int error) {
  if (error == ELOOP) fail_link(run, path);
  const bool is_full = error == ENOSPC || error == EDQUOT;
  fail(report::code::write_failed,
       "cannot write '" + shown(run, path) + "': " + std::strerror(error),
       is_full
           ? "make room on its file system and run the command again; the old files are unchanged"
           : "look at the owner and the mode of the folder; the old files are unchanged");
}

[[noreturn]] void fail_read(const RunFolder& run, const std::string& path, int error) {
  if (error == ELOOP) fail_link(run, path);
  fail(report::code::read_failed, "cannot read '" + shown(run, path) + "': " + std::strerror(error),
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
    const system::FileDescriptor inner(
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
system::FileDescriptor open_run(const RunFolder& run, bool make) {
  const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  system::FileDescriptor folder(::open(run.folder.c_str(), flags));
  if (folder.is_open() || (errno == ENOENT && !make)) return folder;
  if (errno == ENOENT) {
    std::error_code failed;
    const auto parent = run.folder.parent_path();
    if (!std::filesystem::exists(parent, failed)) {
      std::filesystem::create_directories(parent, failed);
      std::filesystem::permissions(parent, std::filesystem::perms::owner_all, failed);
    }
    if (::mkdir(run.folder.c_str(), 0700) == 0 || errno == EEXIST)
      folder = system::FileDescriptor(::open(run.folder.c_str(), flags));
    if (folder.is_open() && ::fchmod(folder.get(), 0700) == 0) return folder;
  }
  const int error = errno;
  struct stat status {};
  if (::lstat(run.folder.c_str(), &status) == 0 && S_ISLNK(status.st_mode))
    fail(report::code::path_leaves_run_folder, run.shown + " is a symbolic link",
         "remove the link; Harbor writes into a folder of its own there");
  fail(report::code::write_failed, "cannot open " + run.shown + ": " + std::strerror(error),
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
    const system::FileDescriptor inner(
        ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!inner.is_open()) return errno;
    if (const int failed = list(inner.get(), prefix + name + "/", into, depth + 1)) return failed;
  }
  return 0;
}

/// The file that `old` was taken from, or not open when something else stands there.
system::FileDescriptor reopen(int folder, const std::string& path, const Old& old,
                              system::Walk walk) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  system::FileDescriptor file =
      system::open_beneath(folder, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, walk);
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0 || Old(status) != old) return {};
  return file;
}

/// The content of a regular file of at most `shown_content` bytes.
std::optional<std::string> content_of(int folder, const std::string& path, const Old& old,
                                      system::Walk walk) {
  if (!S_ISREG(old.mode) || old.size > shown_content) return std::nullopt;
  const system::FileDescriptor file = reopen(folder, path, old, walk);
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
           system::FileDescriptor& file) {
  file = system::FileDescriptor(
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

/// What was to be removed, whatever its name was: that is never written again.
bool is_gone(const std::string& entry) {
  const auto dot = entry.size() < 24 ? 0 : entry.size() - gone_suffix.size() - 17;
  return dot > 1 && is_temporary(entry, entry.substr(1, dot - 1), gone_suffix);
}

/// Takes away what a killed run left. Where it was killed between its two renames, the old tree
/// comes back first.
void clean(int folder, const std::string& name) {
  for (const std::string& entry : names_in(folder).value_or(std::vector<std::string>())) {
    if (kept.contains(entry)) continue;
    if (is_temporary(entry, name, old_suffix)) {
      struct stat status {};
      const bool is_missing =
          ::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
      if (is_missing && ::renameat(folder, entry.c_str(), folder, name.c_str()) == 0) continue;
    }
    if (is_temporary(entry, name, old_suffix) || is_temporary(entry, name, new_suffix) ||
        is_temporary(entry, name, file_suffix) || is_gone(entry))
      remove_all(folder, entry);
  }
}

/// The outermost folder on the way to `folder` that does not exist; empty when all do.
std::string first_missing(int root, const std::string& folder, system::Walk walk) {
  for (std::size_t end = folder.empty() ? std::string::npos : 0; end != std::string::npos;) {
    end = folder.find('/', end + 1);
    const std::string outer = folder.substr(0, end);
    if (!system::open_beneath(root, outer, O_PATH, 0, walk).is_open())
      return errno == ENOENT ? outer : "";
  }
  return {};
}

/// Puts `stage` where `name` is. 0 or errno; `aside` is then what the old is called, empty when
/// there was none.
int swap_in(const RunFolder& run, int at, const std::string& stage, const std::string& name,
            bool has_old, std::string& aside) {
  if (!has_old)
    return ::renameat2(at, stage.c_str(), at, name.c_str(), RENAME_NOREPLACE) == 0 ||
                   ((errno == EINVAL || errno == ENOSYS) &&
                    ::renameat(at, stage.c_str(), at, name.c_str()) == 0)
               ? 0
               : errno;
  if (run.has_exchange) {
    if (::renameat2(at, stage.c_str(), at, name.c_str(), RENAME_EXCHANGE) == 0) {
      aside = stage;
      return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) return errno;
  }
  // Two renames: who is killed between them finds the old tree again by clean().
  aside = temporary_name(name, old_suffix);
  if (::renameat(at, name.c_str(), at, aside.c_str()) != 0) return errno;
  if (::renameat(at, stage.c_str(), at, name.c_str()) == 0) return 0;
  const int failed = errno;
  ::renameat(at, aside.c_str(), at, name.c_str());
  return failed;
}

/// The old is kept for a rollback, or goes.
void put_aside(const RunFolder& run, int at, Rollback::Change change, Rollback* rollback) {
  if (!rollback) {
    if (!change.aside.empty()) remove_all(at, change.aside);
    return;
  }
  if (!change.aside.empty()) kept.insert(change.aside);
  change.run = run;
  rollback->add(std::move(change));
}

/// The folder in which a change happened.
system::FileDescriptor folder_of(const Rollback::Change& change) {
  const system::FileDescriptor root = open_run(change.run, false);
  if (!root.is_open()) return {};
  return change.folder.empty()
             ? system::FileDescriptor(::openat(root.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
             : system::open_beneath(root.get(), change.folder, O_RDONLY | O_DIRECTORY, 0,
                                    change.run.walk);
}

/// Folders that were made on the way, as far as they are empty again.
void remove_made(const Rollback::Change& change) {
  const system::FileDescriptor root = open_run(change.run, false);
  for (std::string path = change.folder; !change.made.empty() && path.size() >= change.made.size();
       path = split(path).first) {
    const auto [outer, name] = split(path);
    const system::FileDescriptor at =
        outer.empty()
            ? system::FileDescriptor(::openat(root.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
            : system::open_beneath(root.get(), outer, O_RDONLY | O_DIRECTORY, 0, change.run.walk);
    if (!at.is_open() || ::unlinkat(at.get(), name.c_str(), AT_REMOVEDIR) != 0) return;
  }
}

/// 0 or errno.
int take_back(const Rollback::Change& change) {
  const system::FileDescriptor at = folder_of(change);
  if (!at.is_open()) return errno;
  if (change.aside.empty()) {
    const int failed = remove_all(at.get(), change.name);
    if (!failed) remove_made(change);
    return failed;
  }
  std::string ours;
  struct stat status {};
  const bool is_there = ::fstatat(at.get(), change.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
  if (const int failed = swap_in(change.run, at.get(), change.aside, change.name, is_there, ours))
    return failed;
  if (!ours.empty()) remove_all(at.get(), ours);
  return sync_folder(at.get());
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
    const system::FileDescriptor root = open_run(run_, false);
    if (root.is_open()) open_old(root.get());
    return compare(on_change);
  }

  bool replace(const OnChange& on_change, Rollback* rollback) {
    if (const system::FileDescriptor root = open_run(run_, false); root.is_open()) {
      const system::FileDescriptor parent =
          parent_path_.empty() ? system::make_folders_beneath(root.get(), "")
                               : system::open_beneath(root.get(), parent_path_,
                                                      O_RDONLY | O_DIRECTORY, 0, run_.walk);
      if (parent.is_open()) clean(parent.get(), name_);
      open_old(root.get());
    }
    if (!compare(on_change)) return false;
    const system::FileDescriptor root = open_run(run_, true);
    const std::string made = first_missing(root.get(), parent_path_, run_.walk);
    parent_ = system::make_folders_beneath(root.get(), parent_path_);
    if (!parent_.is_open()) fail_write(run_, folder_, errno);
    const std::string stage = temporary_name(name_, new_suffix);
    std::string aside;
    int failed = fill(stage);
    if (!failed) failed = swap_in(run_, parent_.get(), stage, name_, old_.is_open(), aside);
    // What cannot be removed now is removed the next time.
    if (failed) remove_all(parent_.get(), stage);
    if (failed)
      fail_write(run_, failed_path_.empty() ? folder_ : folder_ + "/" + failed_path_, failed);
    put_aside(run_, parent_.get(), {{}, parent_path_, name_, aside, made}, rollback);
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
        fail(report::code::write_failed,
             "two files want to be '" + shown(run_, folder_ + "/" + paths[i - 1]) + "'",
             "give one of them another name");
      }
  }

  void open_old(int root) {
    old_ = system::open_beneath(root, folder_, O_RDONLY | O_DIRECTORY, 0, run_.walk);
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
    const system::FileDescriptor tree(
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
    const system::FileDescriptor at = system::make_folders_beneath(tree, folder);
    if (!at.is_open()) return errno;
    if (const auto same = unchanged_.find(file.path); same != unchanged_.end()) {
      const system::FileDescriptor old = reopen(old_.get(), file.path, same->second, run_.walk);
      const std::string self = "/proc/self/fd/" + std::to_string(old.get());
      if (old.is_open() &&
          ::linkat(AT_FDCWD, self.c_str(), at.get(), name.c_str(), AT_SYMLINK_FOLLOW) == 0)
        return 0;
    }
    system::FileDescriptor made;
    if (const int failed = create(at.get(), name, file.text, file.mode, made)) return failed;
    return files_.size() > synced_singly || ::fsync(made.get()) == 0 ? 0 : errno;
  }

  int sync(int tree) const {
    if (files_.size() > synced_singly) return ::syncfs(tree) == 0 ? 0 : errno;
    return sync_folder(tree);
  }

  const RunFolder& run_;
  const std::string& folder_;
  std::span<const TreeFile> files_;
  std::string parent_path_, name_;
  system::FileDescriptor parent_;
  system::FileDescriptor old_;
  OldFiles old_files_;
  OldFiles unchanged_;
  std::string failed_path_;
};

}  // namespace

void Rollback::keep() noexcept {
  const std::lock_guard guard(writing);
  for (const Change& change : changes_) {
    if (change.aside.empty()) continue;
    // What cannot be removed now is removed the next time.
    if (const system::FileDescriptor at = folder_of(change); at.is_open())
      remove_all(at.get(), change.aside);
    kept.erase(change.aside);
  }
  changes_.clear();
}

report::Diagnostics Rollback::restore() {
  const std::lock_guard guard(writing);
  report::Diagnostics failures;
  for (; !changes_.empty(); changes_.pop_back()) {
    const Change& change = changes_.back();
    const int failed = take_back(change);
    kept.erase(change.aside);
    if (!failed) continue;
    const std::string path =
        change.folder.empty() ? change.name : change.folder + "/" + change.name;
    failures.push_back(report::diagnose(
        report::code::write_failed,
        "cannot put '" + shown(change.run, path) + "' back: " + std::strerror(failed), {},
        "run the command again"));
  }
  return failures;
}

void Rollback::append(Rollback&& later) {
  std::move(later.changes_.begin(), later.changes_.end(), std::back_inserter(changes_));
  later.changes_.clear();
}

bool replace_tree(const RunFolder& run, const std::string& folder, std::span<const TreeFile> files,
                  bool look, const OnChange& on_change, Rollback* rollback) {
  Replacement replacement(run, folder, files);
  if (look) return replacement.look(on_change);
  const std::lock_guard guard(writing);
  return replacement.replace(on_change, rollback);
}

bool write_tree_file(const RunFolder& run, const TreeFile& file, bool look, Rollback* rollback) {
  require_inner(run, file.path);
  const std::lock_guard guard(writing);
  const system::FileDescriptor root = open_run(run, !look);
  if (!root.is_open()) return true;
  struct stat status {};
  bool has_old = false;
  {
    const system::FileDescriptor old =
        system::open_beneath(root.get(), file.path, O_PATH, 0, run.walk);
    has_old = old.is_open();
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
  const std::string new_folder = first_missing(root.get(), folder, run.walk);
  const system::FileDescriptor at = system::make_folders_beneath(root.get(), folder);
  if (!at.is_open()) fail_write(run, file.path, errno);
  clean(at.get(), name);
  std::string aside;
  const std::string temporary = temporary_name(name, file_suffix);
  system::FileDescriptor made;
  int failed = create(at.get(), temporary, file.text, file.mode, made);
  if (!failed && ::fsync(made.get()) != 0) failed = errno;
  if (!failed && rollback)
    failed = swap_in(run, at.get(), temporary, name, has_old, aside);
  else if (!failed && ::renameat(at.get(), temporary.c_str(), at.get(), name.c_str()) != 0)
    failed = errno;
  if (failed) {
    ::unlinkat(at.get(), temporary.c_str(), 0);
    fail_write(run, file.path, failed);
  }
  put_aside(run, at.get(), {{}, folder, name, aside, new_folder}, rollback);
  if (const int unsynced = sync_folder(at.get())) fail_write(run, file.path, unsynced);
  return true;
}

bool remove_tree(const RunFolder& run, const std::string& path, Rollback* rollback) {
  require_inner(run, path);
  const std::lock_guard guard(writing);
  const system::FileDescriptor root = open_run(run, false);
  if (!root.is_open()) return false;
  const auto [folder, name] = split(path);
  const system::FileDescriptor at =
      folder.empty()
          ? system::FileDescriptor(::openat(root.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
          : system::open_beneath(root.get(), folder, O_RDONLY | O_DIRECTORY, 0, run.walk);
  if (!at.is_open() && errno == ENOENT) return false;
  if (!at.is_open()) fail_write(run, path, errno);
  struct stat status {};
  if (::fstatat(at.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return false;
    fail_write(run, path, errno);
  }
  if (rollback) {
    const std::string aside = temporary_name(name, gone_suffix);
    if (::renameat(at.get(), name.c_str(), at.get(), aside.c_str()) != 0)
      fail_write(run, path, errno);
    put_aside(run, at.get(), {{}, folder, name, aside, {}}, rollback);
  } else if (const int failed = remove_all(at.get(), name)) {
    fail_write(run, path, failed);
  }
  sync_folder(at.get());
  return true;
}

}  // namespace harbor::store
