#include "process/leftover.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace harbor::process {
namespace fs = std::filesystem;

namespace {

/// Whether the process has the variable with exactly this value; false for one that cannot be read.
class Variables {
 public:
  explicit Variables(const std::string& pid) {
    std::ifstream in("/proc/" + pid + "/environ", std::ios::binary);
    text_.assign(1, '\0');
    text_.append(std::istreambuf_iterator<char>(in), {});
  }
  [[nodiscard]] bool has(const std::string& name, const std::string& value) const {
    return text_.find('\0' + name + "=" + value + '\0') != std::string::npos;
  }

 private:
  std::string text_;
};

// The environment is the one mark that survives setsid(), a double fork and the death of Harbor;
// groups, sessions and parents do not.
bool is_leftover(const std::string& pid, const std::string& workspace, const std::string& run) {
  const Variables variables(pid);
  return variables.has(workspace_variable, workspace) && variables.has(run_variable, run);
}

int open_process(const std::string& pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, std::stoi(pid), 0));
}
void send(int process, int signal) {
  ::syscall(SYS_pidfd_send_signal, process, signal, nullptr, 0);
}

bool has_ended(int process, std::chrono::milliseconds wait) {
  pollfd end{process, POLLIN, 0};
  return ::poll(&end, 1, static_cast<int>(wait.count())) > 0;
}

}  // namespace

std::size_t end_leftovers(const std::string& workspace, const std::string& run) {
  std::vector<int> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const auto pid = entry.path().filename().string();
    if (pid.find_first_not_of("0123456789") != std::string::npos ||
        pid == std::to_string(::getpid()))
      continue;
    if (!is_leftover(pid, workspace, run)) continue;
    const int process = open_process(pid);
    if (process < 0) continue;
    // The pid may have been reused before the pidfd was open; from now on it cannot be.
    if (is_leftover(pid, workspace, run))
      found.push_back(process);
    else
      ::close(process);
  }
  for (const int process : found) send(process, SIGTERM);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
  for (const int process : found) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    if (!has_ended(process, std::max(left, std::chrono::milliseconds(0)))) {
      send(process, SIGKILL);
      // Even SIGKILL has no effect while a process is stuck in the kernel: do not wait for ever.
      has_ended(process, std::chrono::seconds(1));
    }
    ::close(process);
  }
  return found.size();
}

}  // namespace harbor::process
