#include "store/commit.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <set>

#include "report/code_store.hpp"
#include "store/tree_walk.hpp"

namespace harbor::store {
namespace {

constexpr const char* new_record_name = "record.new";
// More files, or folders, than these are synced at once, with their file system.
constexpr std::size_t synced_singly = 16;

struct Failed {
  std::string path;
  int error = 0;
  explicit operator bool() const { return error != 0; }
};

/// Where a change takes place.
struct Place {
  const RunFolder& run;
  int root;
  int staging;
};

/// Some network file systems cannot sync a folder and say so.
int sync(int fd) { return ::fsync(fd) == 0 || errno == EINVAL ? 0 : errno; }

bool is_there(int folder, const std::string& name) {
  return ::faccessat(folder, name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/// One step on the name of `path`, in its folder. Where the folder is gone, or became a file, so is
/// what stood in it: `missing` then says how it went.
template <class Step>
int in_folder_of(const Place& at, const std::string& path, int missing, const Step& step) {
  const auto [folder, name] = split_path(path);
  const system::FileDescriptor inner = open_folder(at.run, at.root, folder);
  if (!inner.is_open()) return errno == ENOENT || errno == ENOTDIR ? missing : errno;
  return step(inner.get(), name);
}

int remove_file(const Place& at, const std::string& path) {
  return in_folder_of(at, path, 0, [](int folder, const std::string& name) {
    // A folder is already what comes in its place.
    const bool is_done =
        ::unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT || errno == EISDIR;
    return is_done ? 0 : errno;
  });
}

int prune(const Place& at, const std::string& path) {
  return in_folder_of(at, path, 0, [](int folder, const std::string& name) {
    const bool is_done = ::unlinkat(folder, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT ||
                         errno == ENOTDIR || errno == ENOTEMPTY || errno == EEXIST;
    return is_done ? 0 : errno;
  });
}

int make_folder(const Place& at, const std::string& path, unsigned mode) {
  return in_folder_of(at, path, ENOENT, [&](int folder, const std::string& name) {
    if (::mkdirat(folder, name.c_str(), 0700) != 0 && errno != EEXIST) return errno;
    const system::FileDescriptor made = open_folder(at.run, folder, name);
    return made.is_open() && ::fchmod(made.get(), mode & 0777U) == 0 ? 0 : errno;
  });
}

int put(const Place& at, const std::string& path, const std::string& staged) {
  return in_folder_of(at, path, ENOENT, [&](int folder, const std::string& name) {
    if (::renameat(at.staging, staged.c_str(), folder, name.c_str()) == 0) return 0;
    const int error = errno;
    return error == ENOENT && !is_there(at.staging, staged) ? 0 : error;
  });
}

Failed sync_folders(const Place& at, const ChangeSteps& steps) {
  std::set<std::string> folders;
  for (const auto& path : steps.remove) folders.insert(split_path(path).first);
  for (const auto& path : steps.prune) folders.insert(split_path(path).first);
  for (const auto& [path, mode] : steps.folders) folders.insert(split_path(path).first);
  for (const auto& [path, staged] : steps.put) folders.insert(split_path(path).first);
  if (folders.size() > synced_singly) return ::syncfs(at.root) == 0 ? Failed{} : Failed{{}, errno};
  for (const auto& path : folders) {
    const system::FileDescriptor folder = open_folder(at.run, at.root, path);
    // One that is gone by now is synced with the folder that it was in.
    if (!folder.is_open()) {
      if (errno != ENOENT && errno != ENOTDIR) return {path, errno};
    } else if (const int error = sync(folder.get())) {
      return {path, error};
    }
  }
  return {};
}

Failed apply(const Place& at, const ChangeSteps& steps) {
  for (const auto& path : steps.remove)
    if (const int error = remove_file(at, path)) return {path, error};
  for (const auto& path : steps.prune)
    if (const int error = prune(at, path)) return {path, error};
  for (const auto& [path, mode] : steps.folders)
    if (const int error = make_folder(at, path, mode)) return {path, error};
  for (const auto& [path, staged] : steps.put)
    if (const int error = put(at, path, staged)) return {path, error};
  return sync_folders(at, steps);
}

/// Whatever a change needs must be on the disk before its record is.
Failed sync_staged(const Place& at, const ChangeSteps& steps) {
  if (steps.put.size() > synced_singly)
    return ::syncfs(at.staging) == 0 ? Failed{} : Failed{{}, errno};
  for (const auto& [path, staged] : steps.put) {
    const system::FileDescriptor file(
        ::openat(at.staging, staged.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file.is_open() || ::fsync(file.get()) != 0) return {path, errno};
  }
  return {};
}

/// Replaces the record at once; 0 or errno.
int write_record(const Place& at, const ChangeRecord& record) {
  const system::FileDescriptor file(::openat(
      at.staging, new_record_name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.is_open()) return errno;
  if (const int error = system::write_at(file.get(), to_text(record), 0)) return error;
  if (::fsync(file.get()) != 0) return errno;
  if (::renameat(at.staging, new_record_name, at.staging, change_record_name) != 0) return errno;
  if (const int error = sync(at.staging)) return error;
  return sync(at.root);
}

/// From here on the change is over, whichever way it went.
int remove_record(const Place& at) {
  return ::unlinkat(at.staging, change_record_name, 0) == 0 || errno == ENOENT ? 0 : errno;
}

/// Removes what a change does not need any more. What cannot be removed now is removed when the
/// next run recovers; that is a warning, for it may hold a secret.
report::Diagnostics remove_names(const Place& at, const ChangeRecord& record) {
  int error = 0;
  for (const auto* steps : {&record.forward, record.back ? &*record.back : nullptr}) {
    if (!steps) continue;
    for (const auto& [path, staged] : steps->put)
      if (::unlinkat(at.staging, staged.c_str(), 0) != 0 && errno != ENOENT) error = errno;
  }
  if (!error) return {};
  report::Diagnostic warning =
      report::diagnose(report::code::write_failed,
                       "cannot remove old files from '" + at.run.shown + "/" +
                           std::string(staging_folder) + "': " + std::strerror(error),
                       {}, "the next run removes them; until then they may hold old secrets");
  warning.severity = report::Severity::warning;
  return {std::move(warning)};
}

[[noreturn]] void fail_half(const RunFolder& run, const Failed& failed, const char* what) {
  throw report::Error{report::diagnose(
      report::code::write_failed,
      std::string("cannot ") + what + " '" + run.shown + "/" + failed.path +
          "': " + std::strerror(failed.error),
      {},
      "the files beneath " + run.shown +
          " are partly old and partly new; mend this and run the command again: the next run "
          "completes the change, and destroy removes it")};
}

/// Carries out a record that is on the disk, in its direction. When forward fails it goes back.
report::Diagnostics carry_out(const Place& at, ChangeRecord record) {
  Failed failed;
  if (!record.goes_back) {
    failed = apply(at, record.forward);
    if (!failed) failed.error = remove_record(at);
    // Without a record that says so the next run would go forward: no reason to go back first.
    if (failed && !record.back) fail_half(at.run, failed, "write");
    record.goes_back = static_cast<bool>(failed);
    if (failed && write_record(at, record) != 0) fail_half(at.run, failed, "write");
  }
  if (record.goes_back) {
    Failed again = apply(at, *record.back);
    if (!again) again.error = remove_record(at);
    if (again) fail_half(at.run, again, "put back");
  }
  auto warnings = remove_names(at, record);
  if (failed) fail_write(at.run, failed.path, failed.error);
  return warnings;
}

bool is_one_step(const ChangeSteps& steps) {
  return steps.prune.empty() && steps.put.size() + steps.remove.size() <= 1;
}

/// The record of a run that is gone. One that is not whole was never begun with.
std::optional<ChangeRecord> read_record(const RunFolder& run, int staging) {
  const system::FileDescriptor file(
      ::openat(staging, change_record_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  const std::string path = std::string(staging_folder) + "/" + change_record_name;
  if (!file.is_open()) {
    if (errno == ENOENT) return std::nullopt;
    fail_read(run, path, errno);
  }
  std::string text;
  char buffer[64 * 1024];
  for (;;) {
    const ssize_t length = ::read(file.get(), buffer, sizeof buffer);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) fail_read(run, path, errno);
    if (length == 0) return parse_change_record(text);
    text.append(buffer, static_cast<std::size_t>(length));
  }
}

}  // namespace

report::Diagnostics commit(const RunFolder& run, int root, int staging,
                           const ChangeRecord& record) {
  const Place at{run, root, staging};
  if (const Failed failed = sync_staged(at, record.forward)) {
    (void)remove_names(at, record);
    fail_write(run, failed.path, failed.error);
  }
  // One step is a whole by itself.
  if (is_one_step(record.forward)) {
    const Failed failed = apply(at, record.forward);
    auto warnings = remove_names(at, record);
    if (failed) fail_write(run, failed.path, failed.error);
    return warnings;
  }
  if (is_there(staging, change_record_name))
    fail_half(run, {std::string(staging_folder), EBUSY}, "begin another change in");
  if (const int error = write_record(at, record)) {
    // It may have got its name, and must not be found then.
    if (const int left = remove_record(at))
      fail_half(run, {std::string(staging_folder), left}, "give up the change in");
    ::unlinkat(staging, new_record_name, 0);
    (void)remove_names(at, record);
    fail_write(run, std::string(staging_folder), error);
  }
  return carry_out(at, record);
}

void recover(const RunFolder& run) {
  const system::FileDescriptor root = open_run(run, false);
  if (!root.is_open()) return;
  const std::string folder(staging_folder);
  {
    const system::FileDescriptor staging = open_folder(run, root.get(), folder);
    if (!staging.is_open()) {
      if (errno == ENOENT) return;
      fail_read(run, folder, errno);
    }
    if (const auto record = read_record(run, staging.get()))
      (void)carry_out({run, root.get(), staging.get()}, *record);
    int error = 0;
    remove_contents(staging.get(), [&](const std::string&, int why) { error = why; });
    if (error) fail_write(run, folder, error);
  }
  if (::unlinkat(root.get(), folder.c_str(), AT_REMOVEDIR) != 0) fail_write(run, folder, errno);
}

}  // namespace harbor::store
