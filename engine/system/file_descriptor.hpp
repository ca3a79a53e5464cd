// An owned file descriptor, and the calls that every writer of files needs. Errors are errno
// values; callers turn them into diagnostics.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string_view>
#include <utility>

namespace harbor::system {

/// Closes what it owns. -1 is none.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
  ~FileDescriptor() { close(); }
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = other.release();
    }
    return *this;
  }

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
  void close() noexcept {
    if (fd_ >= 0) ::close(release());
  }

 private:
  int fd_ = -1;
};
/// open() with O_CLOEXEC and O_NOFOLLOW, again after EINTR. Closed, with errno set, when it fails.
[[nodiscard]] FileDescriptor open_path(const std::filesystem::path& path, int flags,
                                       unsigned mode = 0600) noexcept;

/// Writes all of `text` at `offset`. 0, or the errno of the first write that failed.
[[nodiscard]] int write_at(int fd, std::string_view text, long long offset) noexcept;

/// Makes the missing folders of `folder`, 0700 each, and syncs what holds them. 0 or errno.
[[nodiscard]] int make_folders(const std::filesystem::path& folder);

/// Makes the names in a folder durable. 0 or errno.
[[nodiscard]] int sync_folder(const std::filesystem::path& folder) noexcept;

}  // namespace harbor::system
