#include "system/file_descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace harbor::system {

FileDescriptor open_path(const std::filesystem::path& path, int flags, unsigned mode) noexcept {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode);
  } while (fd < 0 && errno == EINTR);
  return FileDescriptor{fd};
}

int write_at(int fd, std::string_view text, long long offset) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::pwrite(fd, text.data(), text.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (written == 0) return EIO;
    text.remove_prefix(static_cast<std::size_t>(written));
    offset += written;
  }
  return 0;
}

int make_folders(const std::filesystem::path& folder) {
  if (folder.empty()) return 0;
  if (::mkdir(folder.c_str(), 0700) == 0) return sync_folder(folder.parent_path());
  if (errno == ENOENT) {
    if (const int failed = make_folders(folder.parent_path())) return failed;
    if (::mkdir(folder.c_str(), 0700) == 0) return sync_folder(folder.parent_path());
  }
  if (errno != EEXIST) return errno;
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) return errno;
  return S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
}

int sync_folder(const std::filesystem::path& folder) noexcept {
  // Not open_path(): the user may have made `var` a link to another disk.
  int fd = -1;
  do {
    fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return errno;
  const FileDescriptor open{fd};
  // Some network file systems cannot sync a folder and say so with EINVAL; they make names durable
  // themselves.
  return ::fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
}

}  // namespace harbor::system
