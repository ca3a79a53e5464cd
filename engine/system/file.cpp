#include "system/file.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "report/code_store.hpp"
#include "system/file_descriptor.hpp"

namespace harbor::system {
namespace {

namespace fs = std::filesystem;

constexpr const char* look_hint = "check its owner and mode, and those of the folders above it";

[[noreturn]] void fail_write(const fs::path& path, int error) {
  const bool is_full = error == ENOSPC || error == EDQUOT;
  throw report::Error{report::diagnose(
      report::code::write_failed, "cannot write '" + path.string() + "': " + std::strerror(error),
      {},
      is_full ? "make room on its file system and run the command again; the file is unchanged"
              : "check the owner and mode of the folder; the file is unchanged")};
}

[[noreturn]] void fail_read(const fs::path& path, const std::string& why, std::string hint) {
  throw report::Error{report::diagnose(report::code::read_failed,
                                       "cannot read '" + path.string() + "': " + why, {},
                                       std::move(hint))};
}

FileDescriptor open_for_reading(const fs::path& path, Links links) {
  constexpr int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
  if (links == Links::refused) return open_path(path, flags);
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC);
  } while (fd < 0 && errno == EINTR);
  return FileDescriptor(fd);
}

/// A name beside `path` that nothing else uses.
fs::path temporary_name(const fs::path& path) {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != sizeof number)
    number = static_cast<std::uint64_t>(::getpid());
  char suffix[32];
  std::snprintf(suffix, sizeof suffix, ".%016llx.tmp", static_cast<unsigned long long>(number));
  // A long name is shortened, so that the temporary name does not become too long.
  return path.parent_path() / ("." + path.filename().string().substr(0, 200) + suffix);
}

/// Everything between creating the temporary file and renaming it; 0 or errno.
int fill(int fd, std::string_view text, unsigned mode) {
  if (const int failed = write_at(fd, text, 0)) return failed;
  // After the content, so that others never read half of it; and fchmod() ignores the umask.
  if (::fchmod(fd, mode) != 0) return errno;
  return ::fsync(fd) == 0 ? 0 : errno;
}

}  // namespace

void write_file(const fs::path& path, std::string_view text, unsigned mode) {
  if (!path.has_filename()) fail_write(path, EISDIR);
  if (const int failed = make_folders(path.parent_path())) fail_write(path, failed);
  const fs::path temporary = temporary_name(path);
  const FileDescriptor file = open_path(temporary, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (!file.is_open()) fail_write(path, errno);
  int failed = fill(file.get(), text, mode);
  if (!failed && ::rename(temporary.c_str(), path.c_str()) != 0) failed = errno;
  if (failed) {
    ::unlink(temporary.c_str());
    fail_write(path, failed);
  }
  if (const int unsynced = sync_folder(path.parent_path())) {
    throw report::Error{report::diagnose(
        report::code::write_failed,
        "cannot make sure that '" + path.string() + "' is on the disk: " + std::strerror(unsynced),
        {},
        "the file is written, but a power failure may bring the old one back; look at the disk")};
  }
}

std::optional<std::string> read_file(const fs::path& path, std::size_t limit, Links links) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const FileDescriptor file = open_for_reading(path, links);
  if (!file.is_open()) {
    if (errno == ENOENT || (errno == ENOTDIR && links == Links::followed)) return std::nullopt;
    if (errno == ELOOP && links == Links::refused)
      fail_read(path, "it is a symbolic link", "put the file itself there");
    fail_read(path, std::strerror(errno), look_hint);
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail_read(path, std::strerror(errno), {});
  if (!S_ISREG(status.st_mode)) fail_read(path, "it is not a regular file", {});
  std::string text;
  char buffer[64 * 1024];
  for (;;) {
    const ssize_t length = ::read(file.get(), buffer, sizeof buffer);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) fail_read(path, std::strerror(errno), {});
    if (length == 0) return text;
    if (text.size() + static_cast<std::size_t>(length) > limit) {
      fail_read(path, "it is larger than " + std::to_string(limit) + " bytes",
                "no file of this kind is that large; was it replaced by something else?");
    }
    text.append(buffer, static_cast<std::size_t>(length));
  }
}

std::vector<std::string> list_folders(const fs::path& path) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator at(path, failed), end; !failed && at != end; at.increment(failed)) {
    std::error_code unknown;
    const auto status = fs::status(at->path(), unknown);
    if (fs::is_directory(status)) names.push_back(at->path().filename().string());
    // Only folders count, and whether this is one cannot be determined.
    if (!fs::status_known(status)) fail_read(at->path(), unknown.message(), look_hint);
  }
  if (failed && failed != std::errc::no_such_file_or_directory &&
      failed != std::errc::not_a_directory)
    fail_read(path, failed.message(), look_hint);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace harbor::system
