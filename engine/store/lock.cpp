#include "store/lock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "report/code_store.hpp"
#include "report/time.hpp"
#include "store/var_folder.hpp"
#include "system/file_descriptor.hpp"

namespace harbor::store {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::chrono::milliseconds poll_interval{50};

[[noreturn]] void fail_unusable(const fs::path& path, int error) {
  throw report::Error{report::diagnose(
      report::code::lock_unusable, "cannot lock '" + path.string() + "': " + std::strerror(error),
      {},
      error == ELOOP ? "remove the symbolic link"
                     : "look at the owner and the mode of the folder and the file")};
}

std::string describe(const LockHolder& holder) {
  if (holder.pid == 0) return "another run";
  std::string text = "process " + std::to_string(holder.pid);
  if (!holder.command.empty()) text += " ('" + holder.command + "')";
  if (!holder.since.empty()) text += " since " + holder.since;
  return text;
}

[[noreturn]] void fail_locked(const fs::path& path, const LockHolder& holder) {
  throw report::Error{report::diagnose(
      report::code::locked, "'" + path.string() + "' is locked by " + describe(holder), {},
      holder.pid == 0
          ? "wait for the other run, or use --lock-timeout"
          : "wait for it, use --lock-timeout, or stop it: kill " + std::to_string(holder.pid))};
}

/// What the holder wrote. Anybody may have put anything there, and it may be about to be written.
LockHolder read_holder(int fd) {
  std::string text(4096, '\0');
  const ssize_t length = ::pread(fd, text.data(), text.size(), 0);
  text.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  const json line = json::parse(text.substr(0, text.find('\n')), nullptr, false);
  LockHolder holder;
  if (!line.is_object()) return holder;
  const auto text_of = [&](const char* name) {
    const auto member = line.find(name);
    return member != line.end() && member->is_string() ? member->get<std::string>() : std::string{};
  };
  if (const auto pid = line.find("pid"); pid != line.end() && pid->is_number_integer())
    holder.pid = pid->get<long>();
  holder.run = text_of("run");
  holder.command = text_of("command");
  holder.since = text_of("since");
  if (const auto left = line.find("left"); left != line.end() && left->is_array())
    for (const json& run : *left)
      if (run.is_string()) holder.left.push_back(run);
  return holder;
}

/// The runs that had the lock and are gone without a word: a holder that ends empties the file.
std::vector<std::string> killed_before(int fd) {
  LockHolder before = read_holder(fd);
  before.left.push_back(std::move(before.run));
  std::erase(before.left, "");
  return std::move(before.left);
}

/// Best effort: the lock is held whether or not this can be written.
void write_holder(int fd, const LockHolder& self) {
  json line = {{"pid", self.pid != 0 ? self.pid : static_cast<long>(::getpid())},
               {"run", self.run},
               {"command", self.command},
               {"since", self.since.empty() ? report::rfc3339(std::chrono::system_clock::now())
                                            : self.since}};
  if (!self.left.empty()) line["left"] = self.left;
  const std::string text = line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  // First written, then cut: a reader meanwhile finds the whole new line, whatever stood there.
  if (system::write_at(fd, text, 0) != 0 || ::ftruncate(fd, static_cast<off_t>(text.size())) != 0)
    errno = 0;
}

struct flock whole_file(short type = F_WRLCK) {
  struct flock region {};
  region.l_type = type;
  region.l_whence = SEEK_SET;
  return region;
}

/// 0, EAGAIN when somebody else holds it, or another errno.
int try_lock(int fd) {
  const bool is_shared = (::fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY;
  struct flock region = whole_file(is_shared ? F_RDLCK : F_WRLCK);
  if (::fcntl(fd, F_OFD_SETLK, &region) == 0) return 0;
  return errno == EACCES || errno == EINTR ? EAGAIN : errno;
}

/// False when somebody removed or replaced the file meanwhile: its lock excludes nobody any more.
bool is_still_at(int fd, const fs::path& path) {
  struct stat held {
  }, named{};
  return ::fstat(fd, &held) == 0 && ::stat(path.c_str(), &named) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

system::FileDescriptor open_lock(const fs::path& path, ReadOnly read_only) {
  if (const int failed = system::make_folders(path.parent_path())) fail_unusable(path, failed);
  system::FileDescriptor file =
      system::open_path(path, O_RDWR | O_CREAT | O_NONBLOCK | O_NOCTTY, 0600);
  if (!file.is_open() && errno == EROFS && read_only == ReadOnly::share)
    file = system::open_path(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file.is_open()) fail_unusable(path, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail_unusable(path, errno);
  if (!S_ISREG(status.st_mode)) fail_unusable(path, EINVAL);
  return file;
}

}  // namespace

bool sleep(std::chrono::milliseconds time) {
  std::this_thread::sleep_for(time);
  return true;
}

Lock Lock::acquire(const fs::path& var, const LockHolder& self, std::chrono::milliseconds timeout,
                   const std::function<void(const LockHolder&)>& waiting, const Pause& pause,
                   ReadOnly read_only) {
  require_own(var);
  const fs::path path = var / "lock";
  // What is left is counted down by the pauses, not read from a clock: the lock needs no second
  // seam to time, and a machine that was suspended meanwhile does not give up at once.
  auto left = timeout;
  bool is_announced = false;
  for (;;) {
    system::FileDescriptor file = open_lock(path, read_only);
    const int failed = try_lock(file.get());
    if (failed == 0 && !is_still_at(file.get(), path)) continue;
    if (failed == 0) {
      LockHolder holder = self;
      holder.left = killed_before(file.get());
      write_holder(file.get(), holder);
      return Lock{file.release(), std::move(holder)};
    }
    if (failed != EAGAIN) fail_unusable(path, failed);
    if (left <= left.zero()) fail_locked(path, read_holder(file.get()));
    if (!is_announced && waiting) waiting(read_holder(file.get()));
    is_announced = true;
    const auto time = std::min(poll_interval, left);
    left -= time;
    if (!pause(time))
      throw report::Error{
          report::diagnose(report::code::lock_wait_cancelled,
                           "cancelled while waiting for " + describe(read_holder(file.get())))};
  }
}

Lock::Lock(Lock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), self_(std::move(other.self_)) {}

void Lock::settle() noexcept {
  if (self_.left.empty()) return;
  self_.left.clear();
  try {
    write_holder(fd_, self_);
  } catch (const std::bad_alloc&) {
    // The next holder looks for them once more.
  }
}

Lock::~Lock() {
  if (fd_ < 0) return;
  // Emptied while it is still held: nobody must read of a holder that is gone.
  if (::ftruncate(fd_, 0) != 0) errno = 0;
  ::close(fd_);
}

std::optional<LockHolder> lock_holder(const fs::path& var) {
  const system::FileDescriptor file =
      system::open_path(var / "lock", O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file.is_open()) return std::nullopt;
  struct flock region = whole_file();
  if (::fcntl(file.get(), F_OFD_GETLK, &region) != 0 || region.l_type == F_UNLCK)
    return std::nullopt;
  return read_holder(file.get());
}

}  // namespace harbor::store
