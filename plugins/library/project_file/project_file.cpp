#include "project_file.hpp"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace harbor::project_file {
namespace fs = std::filesystem;

namespace {

struct OwnedDescriptor {
  int fd;

  explicit OwnedDescriptor(int opened) : fd(opened) {}
  ~OwnedDescriptor() {
    if (fd >= 0) ::close(fd);
  }
  OwnedDescriptor(const OwnedDescriptor&) = delete;
  OwnedDescriptor& operator=(const OwnedDescriptor&) = delete;
};

[[noreturn]] void fail(int error) { throw std::system_error(error, std::generic_category()); }

}  // namespace

bool is_inside(const std::string& path) {
  const fs::path parts(path);
  return !path.empty() && !parts.is_absolute() &&
         std::find(parts.begin(), parts.end(), "..") == parts.end();
}

std::vector<std::string> matching(const fs::path& workspace, const std::string& pattern) {
  if (pattern.find_first_of("*?[") == std::string::npos) return {pattern};
  const std::string prefix = workspace.string() + "/";
  glob_t found{};
  std::vector<std::string> files;
  if (::glob((prefix + pattern).c_str(), GLOB_NOSORT, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i)
      files.push_back(std::string(found.gl_pathv[i]).substr(prefix.size()));
  ::globfree(&found);
  // Not by glob(), which sorts by locale: the order decides which file wins.
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<File> read(const fs::path& path, std::size_t limit) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const OwnedDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (file.fd < 0) fail(errno);
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) fail(errno);
  if (!S_ISREG(info.st_mode)) fail(S_ISDIR(info.st_mode) ? EISDIR : EINVAL);
  File out{{}, info.st_mode & 07777U, info.st_uid == ::geteuid()};
  // Read to the end instead of trusting fstat(): files in /proc have size 0.
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::read(file.fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(errno);
    if (got == 0) return out;
    out.text.append(buffer, static_cast<std::size_t>(got));
    if (out.text.size() > limit) fail(EFBIG);
  }
}

}  // namespace harbor::project_file
