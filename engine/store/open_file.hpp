// Open files, as the store's sources use them. Errors are errno values; whoever calls makes
// diagnostics of them.
#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

namespace harbor::store {

/// Owns an open file; closes it. -1 is none.
class OpenFile {
 public:
  explicit OpenFile(int fd = -1) noexcept : fd_(fd) {}
  OpenFile(OpenFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OpenFile& operator=(OpenFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~OpenFile();

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

/// open() with O_CLOEXEC and O_NOFOLLOW, again after EINTR. Closed in errno when there is none.
[[nodiscard]] OpenFile open_path(const std::filesystem::path& path, int flags,
                                 unsigned mode = 0600) noexcept;

/// Writes all of `text` at `offset`. 0, or the errno of the first write that failed.
[[nodiscard]] int write_at(int fd, std::string_view text, long long offset) noexcept;

/// Makes the missing folders of `folder`, 0700 each, and syncs what holds them. 0 or errno.
[[nodiscard]] int make_folders(const std::filesystem::path& folder);

/// Makes the names in a folder durable. 0 or errno.
[[nodiscard]] int sync_folder(const std::filesystem::path& folder) noexcept;

}  // namespace harbor::store
