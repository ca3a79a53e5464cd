#include "store/tree_walk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace harbor::store {
namespace {

constexpr off_t largest_content = off_t{16} << 20;
// Every level holds a file descriptor open while the inner ones are walked.
constexpr unsigned deepest = 200;

system::FileDescriptor open_inner(int folder, const std::string& name) {
  return system::FileDescriptor(
      ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

int list(int folder, const std::string& prefix, Entries& into, unsigned depth) {
  if (depth > deepest) return ENAMETOOLONG;
  const auto names = names_in(folder);
  if (!names) return errno;
  for (const std::string& name : *names) {
    struct stat status {};
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return errno;
    into.emplace(prefix + name, Entry(status));
    if (!S_ISDIR(status.st_mode)) continue;
    const system::FileDescriptor inner = open_inner(folder, name);
    if (!inner.is_open()) return errno;
    if (const int failed = list(inner.get(), prefix + name + "/", into, depth + 1)) return failed;
  }
  return 0;
}

void remove(int folder, const std::string& prefix,
            const std::function<void(const std::string&, int)>& tell, unsigned depth) {
  const auto names = names_in(folder);
  if (!names) return tell(prefix.substr(0, prefix.empty() ? 0 : prefix.size() - 1), errno);
  for (const std::string& name : *names) {
    if (::unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT) continue;
    const int refused = errno;
    if (refused != EISDIR && refused != EPERM) {
      tell(prefix + name, refused);
      continue;
    }
    system::FileDescriptor inner = open_inner(folder, name);
    // A folder that somebody closed is still its owner's to remove.
    if (!inner.is_open() && errno == EACCES && ::fchmodat(folder, name.c_str(), 0700, 0) == 0)
      inner = open_inner(folder, name);
    if (!inner.is_open() || depth > deepest) {
      // EPERM is also what a file that is made immutable answers.
      const bool is_file = errno == ENOTDIR || errno == ELOOP;
      tell(prefix + name, inner.is_open() ? ENAMETOOLONG : is_file ? refused : errno);
      continue;
    }
    bool is_whole = true;
    remove(
        inner.get(), prefix + name + "/",
        [&](const std::string& path, int error) {
          is_whole = false;
          tell(path, error);
        },
        depth + 1);
    if (is_whole && ::unlinkat(folder, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
      tell(prefix + name, errno);
  }
}

/// The file that `entry` was taken from, or not open when something else stands there.
system::FileDescriptor reopen(int folder, const std::string& path, const Entry& entry,
                              system::Walk walk) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  system::FileDescriptor file =
      system::open_beneath(folder, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, walk);
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0 || Entry(status) != entry) return {};
  return file;
}

}  // namespace

std::optional<std::vector<std::string>> names_in(int folder) {
  const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return std::nullopt;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::fdopendir(copy), ::closedir);
  if (!open) {
    ::close(copy);
    return std::nullopt;
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string_view name(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return std::nullopt;
  std::sort(names.begin(), names.end());
  return names;
}

int list_tree(int folder, const std::string& prefix, Entries& into) {
  return list(folder, prefix, into, 0);
}

std::optional<std::string> content_of(int folder, const std::string& path, const Entry& entry,
                                      system::Walk walk) {
  if (!S_ISREG(entry.mode) || entry.size > largest_content) return std::nullopt;
  const system::FileDescriptor file = reopen(folder, path, entry, walk);
  if (!file.is_open()) return std::nullopt;
  std::string text(static_cast<std::size_t>(entry.size), '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + length, text.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    length += static_cast<std::size_t>(got);
  }
  return text;
}

void remove_contents(int folder, const std::function<void(const std::string&, int)>& tell) {
  remove(folder, {}, tell, 0);
}

}  // namespace harbor::store
