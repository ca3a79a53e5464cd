#include "store/run_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "report/code_secret.hpp"
#include "report/code_store.hpp"
#include "store/tree_walk.hpp"

namespace harbor::store {
namespace {

constexpr std::size_t listed_failures = 20;

[[noreturn]] void fail(std::string_view code, std::string message, std::string hint) {
  throw report::Error{report::diagnose(code, std::move(message), {}, std::move(hint))};
}

std::string_view split_first(std::string_view path) { return path.substr(0, path.find('/')); }

std::string shown(const RunFolder& run, const std::string& path) { return run.shown + "/" + path; }

[[noreturn]] void fail_link(const RunFolder& run, const std::string& path) {
  fail(report::code::path_leaves_run_folder,
       "a symbolic link stands on the way to '" + shown(run, path) + "'",
       "remove the link; Harbor follows none beneath " + run.shown);
}

}  // namespace

RunFolder run_folder_of(const std::filesystem::path& var) {
  const std::filesystem::path folder = var / "run";
  return {folder, var.filename().string() + "/run"};
}

void require_inner(const RunFolder& run, const std::string& path) {
  const bool is_staging = split_first(path) == staging_folder;
  if (system::is_inner_path(path) && !is_staging) return;
  std::string plain = path.substr(0, 200);
  std::replace(plain.begin(), plain.end(), '\0', '?');
  fail(report::code::path_leaves_run_folder,
       is_staging ? "the path '" + plain + "' is Harbor's own"
                  : "the path '" + plain + "' does not stay in " + run.shown,
       "write a path beneath " + run.shown + ", without '..', empty parts or a '/' at either end");
}

void fail_write(const RunFolder& run, const std::string& path, int error) {
  if (error == ELOOP) fail_link(run, path);
  const bool is_full = error == ENOSPC || error == EDQUOT;
  fail(report::code::write_failed,
       "cannot write '" + shown(run, path) + "': " + std::strerror(error),
       is_full
           ? "make room on its file system and run the command again; the old files are unchanged"
           : "look at the owner and the mode of the folder; the old files are unchanged");
}

void fail_read(const RunFolder& run, const std::string& path, int error) {
  if (error == ELOOP) fail_link(run, path);
  fail(report::code::read_failed, "cannot read '" + shown(run, path) + "': " + std::strerror(error),
       "look at its owner and mode, or remove it");
}

std::pair<std::string, std::string> split_path(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

system::FileDescriptor open_folder(const RunFolder& run, int root, const std::string& path) {
  if (path.empty())
    return system::FileDescriptor(::openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return system::open_beneath(root, path, O_RDONLY | O_DIRECTORY, 0, run.walk);
}

void refuse_link(const RunFolder& run) {
  struct stat status {};
  if (::lstat(run.folder.c_str(), &status) == 0 && S_ISLNK(status.st_mode))
    fail(report::code::path_leaves_run_folder, run.shown + " is a symbolic link",
         "remove the link; Harbor writes into a folder of its own there");
}

// The last part of the folder's path is not followed when it is a link: who plants that chooses
// where everything goes.
system::FileDescriptor open_run(const RunFolder& run, bool make) {
  const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  system::FileDescriptor folder(::open(run.folder.c_str(), flags));
  if (folder.is_open() || (errno == ENOENT && !make)) return folder;
  if (errno == ENOENT) {
    std::error_code failed;
    const auto parent = run.folder.parent_path();
    if (!std::filesystem::exists(parent, failed)) {
      std::filesystem::create_directories(parent, failed);
      std::filesystem::permissions(parent, std::filesystem::perms::owner_all, failed);
    }
    if (::mkdir(run.folder.c_str(), 0700) == 0 || errno == EEXIST)
      folder = system::FileDescriptor(::open(run.folder.c_str(), flags));
    if (folder.is_open() && ::fchmod(folder.get(), 0700) == 0) return folder;
  }
  const int error = errno;
  refuse_link(run);
  fail(report::code::write_failed, "cannot open " + run.shown + ": " + std::strerror(error),
       "look at the owner and the mode of the folder");
}

report::Diagnostics remove_run_folder(const RunFolder& run) {
  report::Diagnostics problems;
  std::size_t unnamed = 0;
  const auto tell = [&](const std::string& path, int error) {
    if (problems.size() >= listed_failures) {
      ++unnamed;
      return;
    }
    problems.push_back(report::diagnose(
        report::code::write_failed,
        "cannot remove '" + (path.empty() ? run.shown : shown(run, path)) +
            "': " + std::strerror(error),
        {}, "it may hold secrets; remove it yourself, or mend its owner and mode and run again"));
  };
  try {
    const system::FileDescriptor root = open_run(run, false);
    if (!root.is_open()) return {};
    remove_contents(root.get(), tell);
    // A mount point cannot go, and need not once it is empty.
    if (problems.empty() && ::rmdir(run.folder.c_str()) != 0 && errno != EBUSY && errno != ENOENT) {
      const int error = errno;
      refuse_link(run);
      tell("", error);
    }
  } catch (const report::Error& error) {
    return error.diagnostics();
  }
  if (unnamed)
    problems.back().causes.push_back("and " + std::to_string(unnamed) + " more could not go");
  return problems;
}

}  // namespace harbor::store
