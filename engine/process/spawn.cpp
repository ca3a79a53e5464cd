#include "process/spawn.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "process/reaper.hpp"
#include "system/errno.hpp"

namespace harbor::process {
namespace {

constexpr int first_file = 3;

/// Text as exec wants it. Points into the strings that it was made from.
std::vector<char*> to_vector(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

/// What exec would truncate or misread; empty when all is well.
std::string find_fault(const Command& command) {
  if (command.argv.empty() || command.argv.front().empty()) return "no program is named";
  if (std::any_of(command.argv.begin(), command.argv.end(), has_nul)) {
    return "an argument contains a NUL byte";
  }
  for (const auto& [name, value] : command.environment) {
    if (name.empty() || has_nul(name) || name.find('=') != std::string::npos) {
      return "a variable of the environment has an impossible name";
    }
    if (has_nul(value)) return "the variable " + name + " contains a NUL byte";
  }
  return {};
}

bool is_executable(const std::string& file) {
  struct stat info {};
  return ::stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         ::faccessat(AT_FDCWD, file.c_str(), X_OK, AT_EACCESS) == 0;
}

Started refuse(Ended how, std::string reason) {
  Started refused;
  refused.failure = how;
  refused.reason = std::move(reason);
  return refused;
}

/// The steps that the child takes before exec, in the order in which they are added.
class Actions {
 public:
  Actions() { failed_ = ::posix_spawn_file_actions_init(&actions_); }
  ~Actions() { ::posix_spawn_file_actions_destroy(&actions_); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;

  void enter(int folder) { note(::posix_spawn_file_actions_addfchdir_np(&actions_, folder)); }
  void duplicate(int from, int to) {
    if (from >= 0) note(::posix_spawn_file_actions_adddup2(&actions_, from, to));
  }
  void open_terminal(const std::string& path) {
    // Linux makes the first terminal that a session leader opens its controlling one.
    note(::posix_spawn_file_actions_addopen(&actions_, 0, path.c_str(), O_RDWR, 0));
  }
  void close_from(int first) { note(::posix_spawn_file_actions_addclosefrom_np(&actions_, first)); }

  [[nodiscard]] int failure() const { return failed_; }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  void note(int error) {
    if (failed_ == 0) failed_ = error;
  }

  posix_spawn_file_actions_t actions_{};
  int failed_ = 0;
};

class Attributes {
 public:
  Attributes() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigemptyset(&none);
    // Signals that are ignored (SIGPIPE here) or blocked stay so across exec. A session of its own
    // keeps the terminal's Ctrl-C from the child: Harbor hears it and decides.
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

/// A copy of `fd` with a number that no file of the child's will get.
system::FileDescriptor lift(int fd, int lowest) {
  return system::FileDescriptor(::fcntl(fd, F_DUPFD_CLOEXEC, lowest));
}

bool exists(int folder, const std::string& file) {
  return ::faccessat(folder, file.c_str(), F_OK, AT_EACCESS) == 0;
}

/// Everything that the child is made of, in place.
struct Preparation {
  std::string program;
  std::vector<std::string> environment;
  system::FileDescriptor folder;
  std::vector<system::FileDescriptor> lifted;
  Actions actions;
};

/// Returns an error number.
int wire(const Command& command, const Wiring& wiring, Preparation& to) {
  const int end = first_file + static_cast<int>(command.files.size());
  // Above all numbers that the child gets, so that no dup2() overwrites the source of a later one.
  const auto lifted = [&](int fd) {
    if (fd < 0) return -1;
    to.lifted.push_back(lift(fd, end));
    return to.lifted.back().get();
  };
  to.actions.enter(to.folder.get());
  if (!wiring.terminal.empty()) {
    to.actions.open_terminal(wiring.terminal);
    to.actions.duplicate(0, 1);
    to.actions.duplicate(0, 2);
  }
  const int streams[] = {wiring.in, wiring.out, wiring.err};
  for (int number = 0; number < 3; ++number) {
    const int fd = lifted(streams[number]);
    if (streams[number] >= 0 && fd < 0) return errno;
    to.actions.duplicate(fd, number);
  }
  for (std::size_t i = 0; i < command.files.size(); ++i) {
    const system::FileDescriptor file = make_memory_file(command.files[i]);
    const int fd = file.is_open() ? lifted(file.get()) : -1;
    if (fd < 0) return errno;
    to.actions.duplicate(fd, first_file + static_cast<int>(i));
  }
  to.actions.close_from(end);
  return to.actions.failure();
}

Started launch(const Command& command, const Preparation& ready) {
  static const Attributes attributes;
  const std::vector<char*> argv = to_vector(command.argv);
  const std::vector<char*> environment = to_vector(ready.environment);
  int error = 0;
  Started started;
  // posix_spawn() and not fork(): other threads may hold locks, and the pages need no copying.
  started.pid = start_owned([&]() -> pid_t {
    pid_t pid = -1;
    error = ::posix_spawn(&pid, ready.program.c_str(), ready.actions.get(), attributes.get(),
                          argv.data(), environment.data());
    return error == 0 ? pid : -1;
  });
  // The kernel reports a missing interpreter as ENOENT, too; only the file itself tells which it
  // is.
  const bool is_missing = error == ENOENT || error == ENOTDIR;
  if (is_missing && !exists(ready.folder.get(), ready.program)) {
    return refuse(Ended::not_found, command.argv.front());
  }
  if (error == ENOENT)
    return refuse(Ended::not_started,
                  system::describe_errno(error) + " (its interpreter is missing)");
  if (error != 0) return refuse(Ended::not_started, system::describe_errno(error));
  started.pidfd = open_pidfd(started.pid);
  if (!started.pidfd.is_open()) {
    const int reason = errno;
    reap_owned(started.pid);
    return refuse(Ended::not_started, system::describe_errno(reason));
  }
  return started;
}

}  // namespace

Started start(const Command& command, const Wiring& wiring) {
  if (std::string fault = find_fault(command); !fault.empty()) {
    return refuse(Ended::not_started, std::move(fault));
  }
  Preparation ready;
  ready.program = command.argv.front();
  if (ready.program.find('/') == std::string::npos) {
    auto found = find_program(ready.program, command.path);
    if (!found) return refuse(Ended::not_found, ready.program);
    ready.program = std::move(*found);
  }
  ready.environment.reserve(command.environment.size());
  for (const auto& [name, value] : command.environment) {
    std::string variable = name;
    variable += '=';
    variable += value;
    ready.environment.push_back(std::move(variable));
  }
  ready.folder =
      system::FileDescriptor(::open(command.folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!ready.folder.is_open()) {
    return refuse(Ended::not_started,
                  "cannot enter " + command.folder + ": " + system::describe_errno(errno));
  }
  if (const int error = wire(command, wiring, ready); error != 0) {
    return refuse(Ended::not_started, system::describe_errno(error));
  }
  return launch(command, ready);
}

system::FileDescriptor make_memory_file(std::string_view content) {
  system::FileDescriptor file(::memfd_create("harbor", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  while (file.is_open() && !content.empty()) {
    const auto written = ::write(file.get(), content.data(), content.size());
    if (written < 0 && errno != EINTR) return {};
    if (written > 0) content.remove_prefix(static_cast<std::size_t>(written));
  }
  // A reader of this file cannot change it for the next reader.
  const bool is_sealed = file.is_open() && ::lseek(file.get(), 0, SEEK_SET) == 0 &&
                         ::fchmod(file.get(), S_IRUSR) == 0 &&
                         ::fcntl(file.get(), F_ADD_SEALS,
                                 F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0;
  return is_sealed ? std::move(file) : system::FileDescriptor{};
}

std::optional<std::string> find_program(std::string_view name, std::string_view path) {
  if (name.empty() || has_nul(name)) return std::nullopt;
  if (name.find('/') != std::string_view::npos) {
    std::string file(name);
    if (name.front() == '/' && is_executable(file)) return file;
    return std::nullopt;
  }
  while (!path.empty()) {
    const std::string_view folder = path.substr(0, path.find(':'));
    path.remove_prefix(std::min(path.size(), folder.size() + 1));
    // Relative folders (an empty one is the current one) would make what runs depend on where
    // Harbor is started.
    if (folder.empty() || folder.front() != '/') continue;
    std::string file(folder);
    file += '/';
    file += name;
    errno = 0;
    if (is_executable(file)) return file;
    // A folder of a broken disk may hold it: another program of that name is not what was meant.
    // Starting it says what is wrong.
    if (errno == EIO) return file;
  }
  return std::nullopt;
}

}  // namespace harbor::process
