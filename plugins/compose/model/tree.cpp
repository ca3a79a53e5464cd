#include "tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <harbor/error.hpp>
#include <memory>
#include <set>
#include <system_error>

namespace harbor::compose {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t read_limit = (1U << 20) + 1;

/// Only these errors mean that there is nothing; others leave that open.
bool is_absent(int error) { return error == ENOENT || error == ENOTDIR; }

[[noreturn]] void fail_to_read(const std::string& path, int error) {
  const std::string reason =
      error == EINVAL ? "it is not a regular file" : std::generic_category().message(error);
  throw Error(error == EACCES ? HARBOR_E_DENIED : HARBOR_E_IO, "compose.unreadable",
              "'" + path + "' cannot be read: " + reason,
              "check its type, owner and mode, and those of the folders above it");
}

std::optional<std::string> read_file(const std::string& path, const std::string& shown) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0 && is_absent(errno)) return std::nullopt;
  if (fd < 0) fail_to_read(shown, errno);
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(fd);
    fail_to_read(shown, EINVAL);
  }
  const auto size = static_cast<std::size_t>(info.st_size);
  std::string text(std::min(size + 1, read_limit), '\0');
  std::size_t used = 0;
  while (used < text.size() && (used != size || size == 0)) {  // files in /proc say 0
    ssize_t got = ::read(fd, text.data() + used, text.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error = errno;
      ::close(fd);
      fail_to_read(shown, error);
    }
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    if (used == text.size() && used < read_limit) text.resize(std::min(read_limit, used * 2));
  }
  ::close(fd);
  text.resize(used);
  return text;
}

FileKind kind_of(const struct dirent& entry, const fs::path& folder) {
  if (entry.d_type == DT_REG) return FileKind::regular;
  if (entry.d_type == DT_DIR) return FileKind::directory;
  std::error_code ignored;
  const fs::file_status status = fs::status(folder / entry.d_name, ignored);
  // A file that cannot be examined, or is not regular, is reported when it is read.
  if (fs::exists(status) && !fs::is_directory(status)) return FileKind::regular;
  if (!fs::status_known(status)) return FileKind::regular;
  return fs::is_directory(status) ? FileKind::directory : FileKind::other;
}

/// By hand, since std::filesystem builds a path for every name.
std::vector<Listed> list_folder(const fs::path& folder, const std::string& shown) {
  std::vector<Listed> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), ::closedir);
  if (!open && is_absent(errno)) return names;
  if (!open) fail_to_read(shown, errno);
  while (const struct dirent* entry = ::readdir(open.get())) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back({std::move(name), kind_of(*entry, folder)});
  }
  return names;
}

}  // namespace

Tree tree_at(const fs::path& root) {
  Tree tree;
  tree.list = [root](const std::string& folder) { return list_folder(root / folder, folder); };
  tree.read = [prefix = root.string() + "/"](const std::string& path) {
    return read_file(path.starts_with('/') ? path : prefix + path, path);
  };
  tree.is_file = [root](const std::string& path) {
    std::error_code ignored;
    const auto status = fs::status(root / path, ignored);
    // A file that cannot be examined is reported when it is read.
    return !fs::status_known(status) || (fs::exists(status) && !fs::is_directory(status));
  };
  tree.is_folder = [root](const std::string& path) {
    std::error_code ignored;
    return fs::is_directory(root / path, ignored);
  };
  return tree;
}

Tree tree_of(std::map<std::string, std::string> files) {
  auto held = std::make_shared<const std::map<std::string, std::string>>(std::move(files));
  Tree tree;
  tree.list = [held](const std::string& folder) {
    std::vector<Listed> names;
    std::set<std::string> folders;
    const std::string prefix = folder == "." ? "" : folder + "/";
    for (const auto& [path, text] : *held) {
      if (path.compare(0, prefix.size(), prefix) != 0) continue;
      std::string rest = path.substr(prefix.size());
      std::size_t slash = rest.find('/');
      if (slash == std::string::npos) {
        names.push_back({rest, FileKind::regular});
      } else if (folders.insert(rest.substr(0, slash)).second) {
        names.push_back({rest.substr(0, slash), FileKind::directory});
      }
    }
    return names;
  };
  tree.read = [held](const std::string& path) -> std::optional<std::string> {
    auto at = held->find(path);
    return at == held->end() ? std::nullopt : std::optional(at->second);
  };
  tree.is_file = [held](const std::string& path) { return held->count(path) > 0; };
  tree.is_folder = [held](const std::string& path) {
    const auto first = held->lower_bound(path + "/");
    return path == "." || (first != held->end() && first->first.starts_with(path + "/"));
  };
  return tree;
}

}  // namespace harbor::compose
