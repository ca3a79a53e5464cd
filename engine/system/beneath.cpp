#include "system/beneath.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace harbor::system {
namespace {

constexpr int folder_flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/// openat() of one part. A link in place of a folder is ELOOP, as with openat2().
FileDescriptor open_part(int at, const std::string& part, int flags, unsigned mode) noexcept {
  int fd = -1;
  do {
    fd = ::openat(at, part.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0 && errno == ENOTDIR) {
    struct stat status {};
    const bool is_link =
        ::fstatat(at, part.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
    errno = is_link ? ELOOP : ENOTDIR;
  }
  return FileDescriptor(fd);
}

FileDescriptor open_stepwise(int root, std::string_view path, int flags, unsigned mode) {
  FileDescriptor folder;
  for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    FileDescriptor next = open_part(folder.is_open() ? folder.get() : root,
                                    std::string(path.substr(0, slash)), O_PATH | folder_flags, 0);
    if (!next.is_open()) return next;
    folder = std::move(next);
    path.remove_prefix(slash + 1);
  }
  // Without O_CREAT a link at the end would be opened as itself by O_PATH.
  FileDescriptor last =
      open_part(folder.is_open() ? folder.get() : root, std::string(path), flags, mode);
  struct stat status {};
  if (last.is_open() && (flags & O_PATH) && ::fstat(last.get(), &status) == 0 &&
      S_ISLNK(status.st_mode)) {
    errno = ELOOP;
    return FileDescriptor();
  }
  return last;
}

}  // namespace

bool is_inner_path(std::string_view path) noexcept {
  if (path.size() >= PATH_MAX || path.find('\0') != std::string_view::npos) return false;
  for (;;) {
    const auto slash = path.find('/');
    const auto part = path.substr(0, slash);
    if (part.empty() || part == "." || part == ".." || part.size() > NAME_MAX) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

FileDescriptor open_beneath(int root, const std::string& path, int flags, unsigned mode,
                            Walk walk) noexcept {
  if (walk == Walk::kernel) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    how.mode = (flags & O_CREAT) ? mode : 0;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    long fd = -1;
    do {  // EAGAIN: something was renamed meanwhile
      fd = ::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
    } while (fd < 0 && (errno == EINTR || errno == EAGAIN));
    // EPERM comes from sandboxes that do not know the call, but also from a file that may not be
    // opened; walking then ends the same way.
    if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) return FileDescriptor(static_cast<int>(fd));
  }
  return open_stepwise(root, path, flags, mode);
}

FileDescriptor make_folders_beneath(int root, std::string_view path) {
  FileDescriptor folder(::openat(root, ".", O_RDONLY | folder_flags));
  while (folder.is_open() && !path.empty()) {
    const auto slash = path.find('/');
    const std::string part(path.substr(0, slash));
    const bool is_new = ::mkdirat(folder.get(), part.c_str(), 0700) == 0;
    if (!is_new && errno != EEXIST) return FileDescriptor();
    FileDescriptor next = open_part(folder.get(), part, O_RDONLY | folder_flags, 0);
    if (next.is_open() && is_new && ::fchmod(next.get(), 0700) != 0) return FileDescriptor();
    folder = std::move(next);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return folder;
}

}  // namespace harbor::system
