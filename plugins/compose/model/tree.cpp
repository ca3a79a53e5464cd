#include "tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <set>

namespace harbor::compose {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t read_limit = (1U << 20) + 1;

std::optional<std::string> read_file(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(fd);
    return std::nullopt;
  }
  const auto size = static_cast<std::size_t>(info.st_size);
  std::string text(std::min(size + 1, read_limit), '\0');
  std::size_t used = 0;
  while (used < text.size() && (used != size || size == 0)) {  // files in /proc say 0
    ssize_t got = ::read(fd, text.data() + used, text.size() - used);
    if (got <= 0) break;
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
  if (fs::is_regular_file(status)) return FileKind::regular;
  return fs::is_directory(status) ? FileKind::directory : FileKind::other;
}

/// By hand, since std::filesystem makes a path of every name.
std::vector<Listed> list_folder(const fs::path& folder) {
  std::vector<Listed> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), ::closedir);
  if (!open) return names;
  while (const struct dirent* entry = ::readdir(open.get())) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back({std::move(name), kind_of(*entry, folder)});
  }
  return names;
}

}  // namespace

Tree tree_at(const fs::path& root) {
  Tree tree;
  tree.list = [root](const std::string& folder) { return list_folder(root / folder); };
  tree.read = [prefix = root.string() + "/"](const std::string& path) {
    return read_file(path.starts_with('/') ? path : prefix + path);
  };
  tree.is_file = [root](const std::string& path) {
    std::error_code ignored;
    return fs::is_regular_file(root / path, ignored);
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
  return tree;
}

}  // namespace harbor::compose
