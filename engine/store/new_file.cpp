#include "store/new_file.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "report/code_command.hpp"

namespace harbor::store {
namespace {

[[noreturn]] void fail_exists(const RunFolder& root, const std::string& path) {
  throw report::Error{report::diagnose(report::code::file_exists,
                                       "'" + root.shown + "/" + path + "' is already there", {},
                                       "nothing was written; choose another folder")};
}

/// Takes away what was written, unless it is to stay.
class Written {
 public:
  Written() = default;
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;
  ~Written() {
    for (const auto& [folder, name] : files_) ::unlinkat(folder.get(), name.c_str(), 0);
  }

  void add(system::FileDescriptor folder, std::string name) {
    files_.emplace_back(std::move(folder), std::move(name));
  }
  void keep() { files_.clear(); }

 private:
  std::vector<std::pair<system::FileDescriptor, std::string>> files_;
};

/// A file that is complete and on the disk; 0 or errno.
int create(int folder, const std::string& name, const TreeFile& from) {
  const system::FileDescriptor file(
      ::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.is_open()) return errno;
  if (const int failed = system::write_at(file.get(), from.text, 0)) return failed;
  // Not by openat(): that mode goes through the umask.
  if (::fchmod(file.get(), from.mode & 0777U) != 0) return errno;
  return ::fsync(file.get()) == 0 ? 0 : errno;
}

/// Gives a file its name without ever taking that from another; 0 or errno.
int give_name(int folder, const std::string& from, const std::string& to) {
  if (::renameat2(folder, from.c_str(), folder, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  // A file system without that flag: a second name is refused where there is one, too.
  if (::linkat(folder, from.c_str(), folder, to.c_str(), 0) != 0) return errno;
  ::unlinkat(folder, from.c_str(), 0);
  return 0;
}

void write_one(const RunFolder& root, int top, const TreeFile& file, Written& written) {
  const auto [folder, name] = split_path(file.path);
  system::FileDescriptor at = system::make_folders_beneath(top, folder);
  if (!at.is_open()) fail_write(root, file.path, errno);
  // A long name is shortened, so that this one is not the name that is too long.
  const std::string temporary =
      "." + name.substr(0, 200) + "." + std::to_string(::getpid()) + ".tmp";
  int failed = create(at.get(), temporary, file);
  if (!failed) failed = give_name(at.get(), temporary, name);
  if (failed) ::unlinkat(at.get(), temporary.c_str(), 0);
  if (failed == EEXIST) fail_exists(root, file.path);
  if (failed) fail_write(root, file.path, failed);
  const int folder_fd = at.get();  // stays open in `written`
  written.add(std::move(at), name);
  // Some network file systems cannot sync a folder and say so.
  if (::fsync(folder_fd) != 0 && errno != EINVAL) fail_write(root, file.path, errno);
}

/// A look at all of them first spares the work of taking back; what comes in between is refused
/// too.
void require_absent(const RunFolder& root, int top, const TreeFile& file) {
  require_inner(root, file.path);
  const auto [folder, name] = split_path(file.path);
  const system::FileDescriptor at =
      folder.empty() ? system::FileDescriptor(::openat(top, ".", O_PATH | O_DIRECTORY | O_CLOEXEC))
                     : system::open_beneath(top, folder, O_PATH | O_DIRECTORY, 0, root.walk);
  if (!at.is_open() && errno == ENOENT) return;
  if (!at.is_open()) fail_write(root, file.path, errno);
  struct stat status {};
  if (::fstatat(at.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
    fail_exists(root, file.path);
}

}  // namespace

void write_new_files(const RunFolder& root, std::span<const TreeFile> files, bool look) {
  const system::FileDescriptor top(::open(root.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!top.is_open()) fail_write(root, ".", errno);
  for (const TreeFile& file : files) require_absent(root, top.get(), file);
  if (look) return;
  Written written;
  for (const TreeFile& file : files) write_one(root, top.get(), file, written);
  written.keep();
}

}  // namespace harbor::store
