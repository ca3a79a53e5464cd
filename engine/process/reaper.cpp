#include "process/reaper.hpp"

#include <dirent.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "process/process.hpp"

namespace harbor::process {
namespace {

// Children belong to the process, not to an object. A thread that starts one holds `births` shared
// from before the start until it is in `owned`; a thread that reaps by anything but an owned pid
// holds it exclusively.
std::shared_mutex births;
std::mutex owned_mutex;
std::set<pid_t> owned;

bool is_owned(pid_t pid) {
  const std::lock_guard lock(owned_mutex);
  return owned.contains(pid);
}

std::optional<pid_t> parse_pid(std::string_view name) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return pid;
}

pid_t parent_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  // "PID (NAME) STATE PARENT ..."; the name may itself have spaces and parentheses.
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos || line.size() < name_end + 4) return -1;
  const std::string_view rest = std::string_view(line).substr(name_end + 4);
  return parse_pid(rest.substr(0, rest.find(' '))).value_or(-1);
}

/// Children of this process, dead or alive, that are not owned.
std::vector<pid_t> find_orphans() {
  std::vector<pid_t> orphans;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), ::closedir);
  if (!folder) return orphans;
  while (const dirent* entry = ::readdir(folder.get())) {
    const auto pid = parse_pid(entry->d_name);
    if (pid && parent_of(*pid) == ::getpid() && !is_owned(*pid)) orphans.push_back(*pid);
  }
  return orphans;
}

/// Kills and reaps one child. Its pid cannot be reused before it is reaped here.
bool end_orphan(pid_t pid, Clock::time_point give_up) {
  const system::FileDescriptor process = open_pidfd(pid);
  ::kill(pid, SIGKILL);
  pollfd ready{process.get(), POLLIN, 0};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(give_up - Clock::now());
  ::poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  return ::waitpid(pid, nullptr, WNOHANG) == pid;
}

}  // namespace

system::FileDescriptor open_pidfd(pid_t pid) noexcept {
  // The C library of Debian 12 declares pidfd_open() as a C++ function.
  return system::FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

pid_t start_owned(const std::function<pid_t()>& start) {
  const std::shared_lock birth(births);
  // Memory for the entry is taken first: once there is a child, nothing may fail.
  std::set<pid_t> place{0};
  auto node = place.extract(place.begin());
  const pid_t pid = start();
  if (pid <= 0) return -1;
  node.value() = pid;
  const std::lock_guard lock(owned_mutex);
  owned.insert(std::move(node));
  return pid;
}

int reap_owned(pid_t pid) {
  // As long as the leader is not reaped, its number names this group and no other.
  ::kill(-pid, SIGKILL);
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  int status = 0;
  const std::unique_lock no_births(births);
  ::waitpid(pid, &status, 0);
  // Orphans of the group that came to this process. While no child can be started, the number
  // cannot have been reused.
  while (::waitpid(-pid, nullptr, WNOHANG) > 0) {
  }
  const std::lock_guard lock(owned_mutex);
  owned.erase(pid);
  return status;
}

void become_subreaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

std::size_t reap_orphans() {
  const std::unique_lock no_births(births);
  // Without any child, there is no need to search all the processes of the machine.
  siginfo_t info{};
  if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD) return 0;
  const auto give_up = Clock::now() + std::chrono::seconds(5);
  std::size_t reaped = 0;
  // Killing an orphan makes its children the next orphans.
  for (;;) {
    std::size_t now_reaped = 0;
    for (const pid_t pid : find_orphans()) now_reaped += end_orphan(pid, give_up) ? 1 : 0;
    if (now_reaped == 0) return reaped;
    reaped += now_reaped;
  }
}

}  // namespace harbor::process
