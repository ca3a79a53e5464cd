#include "workspace_file.hpp"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <harbor/error.hpp>
#include <system_error>

namespace harbor::secrets {
namespace fs = std::filesystem;

namespace {

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

[[noreturn]] void fail_to_read(const std::string& shown, const std::string& reason, int error = 0) {
  throw Error(error == EACCES ? HARBOR_E_DENIED : HARBOR_E_IO, "secrets.unreadable_file",
              shown + " cannot be read: " + reason, "it has to be a plain file that you may read",
              {{shown, 0, 0, 0, {}}});
}

[[noreturn]] void fail_to_read(const std::string& shown, int error) {
  fail_to_read(shown, std::generic_category().message(error), error);
}

}  // namespace

std::vector<std::string> matching_files(const fs::path& workspace, const std::string& pattern) {
  const fs::path path(pattern);
  if (pattern.empty() || path.is_absolute() ||
      std::find(path.begin(), path.end(), "..") != path.end())
    throw Error(HARBOR_E_INPUT, "secrets.bad_path",
                "'" + pattern + "' is not a path inside of the project",
                "write a path relative to the project folder, without '..'")
        .at("/file");
  if (pattern.find_first_of("*?[") == std::string::npos) return {pattern};
  const std::string prefix = workspace.string() + "/";
  glob_t found{};
  std::vector<std::string> files;
  if (::glob((prefix + pattern).c_str(), GLOB_NOSORT, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i)
      files.push_back(std::string(found.gl_pathv[i]).substr(prefix.size()));
  ::globfree(&found);
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<File> read_file(const fs::path& path, const std::string& shown, std::size_t limit) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (file.fd < 0) fail_to_read(shown, errno);
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) fail_to_read(shown, errno);
  if (!S_ISREG(info.st_mode)) fail_to_read(shown, "it is not a plain file");
  File out{{}, info.st_mode & 07777U, info.st_uid == ::geteuid()};
  char buffer[16384];
  for (;;) {
    const ssize_t got = ::read(file.fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_to_read(shown, errno);
    if (got == 0) return out;
    out.text.append(buffer, static_cast<std::size_t>(got));
    if (out.text.size() > limit) fail_to_read(shown, "it is too large");
  }
}

}  // namespace harbor::secrets
