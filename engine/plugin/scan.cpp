#include "plugin/scan.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {  // glibc 2.36 forgot it
#include <sys/pidfd.h>
}

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <system_error>

#include "plugin/codec.hpp"
#include "plugin/describe.hpp"
#include "plugin/loader.hpp"
#include "report/code_plugin.hpp"
#include "system/file_descriptor.hpp"

namespace harbor::plugin {
namespace {

using Clock = std::chrono::steady_clock;
using system::FileDescriptor;

constexpr std::size_t max_answer = std::size_t{64} << 20;
constexpr int answer_fd = 3;

// The phase that the child is about to enter, written before it does: the last one tells where it
// ended.
constexpr char phase_constructors = 'C';
constexpr char phase_entry = 'E';
constexpr char phase_tables = 'T';
constexpr char phase_answer = '\n';

// ---- The child ----

const void* no_extension(const harbor_host*, harbor_str) { return nullptr; }

const harbor_host& scan_host() {
  static const harbor_host host = [] {
    harbor_host table{};
    table.struct_size = sizeof table;
    table.abi_major = HARBOR_ABI_MAJOR;
    table.abi_minor = HARBOR_ABI_MINOR;
    table.version = HARBOR_LIT(HARBOR_VERSION);
    table.extension = no_extension;
    return table;
  }();
  return host;
}

void write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(answer_fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) _exit(1);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

void enter(char phase) { write_all({&phase, 1}); }

void limit(int resource, rlim_t value) {
  const rlimit both{value, value};
  setrlimit(static_cast<__rlimit_resource_t>(resource), &both);
}

/// Standard streams to /dev/null, the pipe to answer_fd, everything else closed.
void isolate_files(int pipe) {
  dup2(pipe, answer_fd);
  const int null = open("/dev/null", O_RDWR);
  for (int stream = 0; stream <= 2; ++stream) dup2(null, stream);
  close_range(answer_fd + 1, ~0u, 0);
}

void isolate(int pipe) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  isolate_files(pipe);
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CPU, 5);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  limit(RLIMIT_AS, rlim_t{4} << 30);  // a sanitizer reserves terabytes
#endif
}

Pack load_and_describe(const std::filesystem::path& file) {
  enter(phase_constructors);
  const harbor_plugin_entry_fn entry = open_plugin(file);
  enter(phase_entry);
  const harbor_plugin* table = entry(&scan_host());
  if (table == nullptr)
    refuse(
        report::code::plugin_entry_refused, "refused to load: its entry point returned NULL",
        "see its documentation for the version of harbor that it needs: this is " HARBOR_VERSION);
  enter(phase_tables);
  return describe(*table);
}

std::string answer_of(const std::filesystem::path& file) {
  Encoded answer;
  try {
    answer.index = {{"pack", nullptr}};
    answer.index["pack"] = encode(load_and_describe(file), answer.texts);
  } catch (const Refused& refused) {
    answer = {.index = {{"fault", encode(refused.fault())}}, .texts = {}};
  }
  return to_text(answer);
}

[[noreturn]] void run_child(const std::filesystem::path& file, int pipe) noexcept {
  isolate(pipe);
  const std::string answer = answer_of(file);  // an exception of the plugin's ends the child here
  enter(phase_answer);
  write_all(answer);
  _exit(0);
}

// ---- The parent ----

struct Child {
  pid_t pid;
  system::FileDescriptor process;  ///< readable when the child has ended
  system::FileDescriptor pipe;
};

struct Ending {
  std::string answer;  ///< phases, then the answer
  bool is_late = false;
  int status = 0;  ///< as waitpid() gives it
};

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

Child start(const std::filesystem::path& file) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
  system::FileDescriptor reading(ends[0]);
  const system::FileDescriptor writing(ends[1]);
  fcntl(reading.get(), F_SETFL, O_NONBLOCK);
  const pid_t pid = fork();
  if (pid < 0) fail("fork");
  if (pid == 0) run_child(file, writing.get());
  setpgid(pid, pid);  // both sides do it, since either may run first
  system::FileDescriptor process(pidfd_open(pid, 0));
  if (!process.is_open()) {
    const int error = errno;
    kill(-pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    errno = error;
    fail("pidfd_open");
  }
  return {pid, std::move(process), std::move(reading)};
}

/// Appends what the pipe holds now; false when nothing more will come.
bool drain(int pipe, std::string& answer) {
  std::array<char, 64 * 1024> block{};
  while (answer.size() < max_answer) {
    const ssize_t count = read(pipe, block.data(), block.size());
    if (count > 0) answer.append(block.data(), static_cast<std::size_t>(count));
    if (count == 0) return false;
    if (count < 0 && errno != EINTR) return errno == EAGAIN;
  }
  return false;
}

/// Waits until the child has ended or its time is up, then ends what is left of its group.
Ending wait_for(Child child, std::chrono::milliseconds limit) {
  Ending ending;
  const Clock::time_point deadline = Clock::now() + limit;
  bool is_open = true;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) {
      ending.is_late = true;
      break;
    }
    std::array<pollfd, 2> watched{
        {{child.process.get(), POLLIN, 0}, {is_open ? child.pipe.get() : -1, POLLIN, 0}}};
    if (poll(watched.data(), watched.size(), static_cast<int>(left.count())) < 0 && errno != EINTR)
      break;
    if (is_open) is_open = drain(child.pipe.get(), ending.answer);
    if (watched[0].revents != 0) break;
  }
  if (is_open) drain(child.pipe.get(), ending.answer);
  kill(-child.pid, SIGKILL);  // the child is not reaped yet, so the number is still its own
  while (waitpid(child.pid, &ending.status, 0) < 0 && errno == EINTR) {
  }
  return ending;
}

std::string_view phase_name(const std::string& answer) {
  switch (answer.empty() ? phase_constructors : answer.back()) {
    case phase_entry:
      return "in its entry point";
    case phase_tables:
      return "while its description was read";
    default:
      return "in its constructors";
  }
}

std::string reason_of(int status) {
  if (WIFEXITED(status)) return "called exit(" + std::to_string(WEXITSTATUS(status)) + ")";
  const char* name = sigabbrev_np(WTERMSIG(status));
  return "crashed with " + (name != nullptr ? "SIG" + std::string(name)
                                            : "signal " + std::to_string(WTERMSIG(status)));
}

std::string retry_hint(const std::filesystem::path& file) {
  return "it is not tried again until its file changes; to try it anyway, run: touch '" +
         file.string() + "'";
}

[[noreturn]] void refuse_ended(const std::filesystem::path& file, const Ending& ending,
                               std::chrono::milliseconds limit) {
  const std::string phase(phase_name(ending.answer));
  if (ending.is_late)
    refuse(report::code::plugin_hung_in_scan,
           "hangs: it did not describe itself within " + std::to_string(limit.count()) +
               " ms and was ended " + phase,
           retry_hint(file));
  refuse(report::code::plugin_crashed_in_scan,
         reason_of(ending.status) + " " + phase + " when it was asked to describe itself",
         retry_hint(file));
}

}  // namespace

Pack scan(const std::filesystem::path& file, std::chrono::milliseconds limit) {
  const Ending ending = wait_for(start(file), limit);
  const std::size_t begin = ending.answer.find(phase_answer);
  if (begin == std::string::npos) refuse_ended(file, ending, limit);
  std::optional<Fault> fault;
  try {
    const EncodedView answer = parse_encoded(std::string_view(ending.answer).substr(begin + 1));
    std::string_view texts = answer.texts;
    if (!answer.index.contains("fault")) return decode_pack(answer.index.at("pack"), texts);
    fault = decode_fault(answer.index.at("fault"));
  } catch (const std::exception&) {
    refuse_ended(file, ending, limit);
  }
  throw Refused(std::move(*fault));
}

bool is_lasting(const Fault& fault) noexcept {
  return is_cut_off(fault) || fault.code == report::code::plugin_entry_missing ||
         fault.code == report::code::plugin_invalid_description;
}

bool is_cut_off(const Fault& fault) noexcept {
  return fault.code == report::code::plugin_crashed_in_scan ||
         fault.code == report::code::plugin_hung_in_scan;
}

}  // namespace harbor::plugin
