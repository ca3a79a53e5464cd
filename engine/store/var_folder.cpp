#include "store/var_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "report/code_secret.hpp"
#include "report/code_store.hpp"
#include "report/diagnostic.hpp"

namespace harbor::store {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const std::string& what, std::string hint) {
  throw report::Error{report::diagnose(report::code::foreign_state,
                                       "'" + path.string() + "' " + what, {}, std::move(hint))};
}

/// Nothing when the owner cannot be found out; errno says why.
void require_absent(const fs::path& path) {
  if (errno == ENOENT || errno == ENOTDIR) return;
  throw report::Error{report::diagnose(
      report::code::read_failed, "cannot look at '" + path.string() + "': " + std::strerror(errno),
      {}, "look at its owner and mode, and at those of the folders above it")};
}

}  // namespace

// Whoever may write in var can put a link or a record of a change there, and so have files written
// and removed in Harbor's name.
void require_own(const fs::path& var) {
  struct stat status {
  }, project{};
  if (::stat(var.c_str(), &status) != 0) {
    require_absent(var);
    return;
  }
  // Who owns the project folder writes its descriptor, and is obeyed anyway.
  const bool is_known =
      status.st_uid == ::geteuid() || status.st_uid == 0 ||
      (::stat(var.parent_path().c_str(), &project) == 0 && status.st_uid == project.st_uid);
  if (!is_known)
    refuse(var, "belongs to user " + std::to_string(status.st_uid),
           "give it back with chown, or remove it when nothing is deployed");
  if ((status.st_mode & 0022U) != 0)
    refuse(var, "can be written by others", "chmod go-w '" + var.string() + "'");
  for (const char* name : {"runs", "state"}) {
    const fs::path inner = var / name;
    if (::lstat(inner.c_str(), &status) != 0) {
      require_absent(inner);
      continue;
    }
    if (S_ISLNK(status.st_mode)) refuse(inner, "is a symbolic link", "remove the link");
    if (!S_ISDIR(status.st_mode)) refuse(inner, "is no folder", "move it away");
  }
}

}  // namespace harbor::store
