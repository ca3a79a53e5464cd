#include "project_file.hpp"

#include <fcntl.h>
#include <fnmatch.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
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

// O_NONBLOCK: opening a FIFO must not wait for a writer.
constexpr int read_flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

/// That there is nothing is known then; of every other error it is not.
bool is_absent(int error) { return error == ENOENT || error == ENOTDIR; }

bool is_wild(std::string_view part) { return part.find_first_of("*?[") != std::string_view::npos; }

/// Names in a folder; none when there is no such folder.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    names.push_back(at->path().filename().string());
  if (failed && !is_absent(failed.value())) fail(failed.value());
  return names;
}

bool is_there(const fs::path& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0) return true;
  if (!is_absent(errno)) fail(errno);
  return false;
}

/// Not by glob(), which takes a folder that it cannot look into for an empty one.
void match(const fs::path& workspace, const std::string& found, std::string_view rest,
           std::vector<std::string>& into) {
  const auto slash = rest.find('/');
  const std::string part(rest.substr(0, slash));
  const auto take = [&](const std::string& name) {
    const std::string path = found.empty() ? name : found + "/" + name;
    if (slash != std::string_view::npos)
      match(workspace, path, rest.substr(slash + 1), into);
    else if (is_there(workspace / path))
      into.push_back(path);
  };
  if (!is_wild(part)) return take(part);
  for (const std::string& name : names_in(workspace / found))
    if (::fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0) take(name);
}

/// Where the kernel, or a sandbox around it, has no openat2(): what was opened says where it lies.
int open_and_look(int folder, const std::string& name) {
  const int fd = ::openat(folder, name.c_str(), read_flags);
  if (fd < 0) return fd;
  std::error_code failed;
  const auto link = [&](int of) {
    return fs::read_symlink("/proc/self/fd/" + std::to_string(of), failed);
  };
  const auto relative = link(fd).lexically_relative(link(folder));
  if (!failed && !relative.empty() && *relative.begin() != "..") return fd;
  ::close(fd);
  errno = EXDEV;
  return -1;
}

/// What is checked and what is read is one: links are followed by the kernel, none of them out of
/// the folder, whoever changes them meanwhile.
int open_inside(int folder, const std::string& name) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(read_flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  long fd = -1;
  for (int tries = 0; tries < 100; ++tries) {  // EAGAIN: something was renamed meanwhile
    fd = ::syscall(SYS_openat2, folder, name.c_str(), &how, sizeof how);
    if (fd >= 0 || (errno != EINTR && errno != EAGAIN)) break;
  }
  if (fd < 0 && (errno == ENOSYS || errno == EPERM)) return open_and_look(folder, name);
  return static_cast<int>(fd);
}

/// The file that `fd` refers to; nothing when errno says that there is none.
std::optional<File> read_opened(int fd, std::size_t limit) {
  if (fd < 0 && is_absent(errno)) return std::nullopt;
  if (fd < 0) fail(errno);
  struct stat info {};
  if (::fstat(fd, &info) != 0) fail(errno);
  if (!S_ISREG(info.st_mode)) fail(S_ISDIR(info.st_mode) ? EISDIR : EINVAL);
  File out{{}, info.st_mode & 07777U, info.st_uid == ::geteuid()};
  // Read to the end instead of trusting fstat(): files in /proc have size 0.
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(errno);
    if (got == 0) return out;
    out.text.append(buffer, static_cast<std::size_t>(got));
    if (out.text.size() > limit) fail(EFBIG);
  }
}

}  // namespace

bool is_inside(const std::string& path) {
  const fs::path parts(path);
  return !path.empty() && !parts.is_absolute() &&
         std::find(parts.begin(), parts.end(), "..") == parts.end();
}

std::vector<std::string> matching(const fs::path& workspace, const std::string& pattern) {
  if (!is_wild(pattern)) return {pattern};
  std::vector<std::string> files;
  match(workspace, "", pattern, files);
  // Whatever the locale: the order decides which file wins.
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<File> read_inside(const fs::path& workspace, const std::string& name,
                                std::size_t limit) {
  const OwnedDescriptor folder(::open(workspace.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (folder.fd < 0) fail(errno);
  const OwnedDescriptor file(open_inside(folder.fd, name));
  return read_opened(file.fd, limit);
}

std::optional<File> read(const fs::path& path, std::size_t limit) {
  const OwnedDescriptor file(::open(path.c_str(), read_flags));
  return read_opened(file.fd, limit);
}

}  // namespace harbor::project_file
