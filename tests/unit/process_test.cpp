#include "process/process.hpp"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <poll.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <thread>

using harbor::process::Cancellation;
using harbor::process::Clock;
using harbor::process::Command;
using harbor::process::Completion;
using harbor::process::Ended;
using harbor::process::Streams;
using harbor::secret::Masker;
using namespace std::chrono_literals;

namespace {

constexpr auto search_path = "/usr/local/bin:/usr/bin:/bin";

Command make_command(std::vector<std::string> argv) {
  Command command;
  command.argv = std::move(argv);
  command.environment = {{"PATH", search_path}, {"LC_ALL", "C"}};
  command.path = search_path;
  command.folder = "/";
  command.keep = 1 << 20;
  return command;
}

Command shell(const std::string& script) { return make_command({"sh", "-c", script}); }

Completion run(const Command& command) {
  const Cancellation cancellation;
  return harbor::process::run(command, cancellation);
}

/// A folder that goes with the test.
struct Folder {
  std::string path;
  Folder() {
    char name[] = "/tmp/harbor-process-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string write(const std::string& name, const std::string& text,
                                  mode_t mode) const {
    std::string file = path + "/" + name;
    std::ofstream(file) << text;
    ::chmod(file.c_str(), mode);
    return file;
  }
};

std::string read_file(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Waits until `is_so`; false when it is not so after 10 s.
template <class Predicate>
bool wait_until(const Predicate& is_so) {
  for (const auto end = Clock::now() + 10s; Clock::now() < end; std::this_thread::sleep_for(2ms)) {
    if (is_so()) return true;
  }
  return false;
}

bool is_gone(pid_t pid) { return ::kill(pid, 0) != 0 && errno == ESRCH; }

std::size_t count_descriptors() {
  const std::filesystem::directory_iterator folder("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(folder), end(folder)));
}

std::size_t count_zombies() {
  std::size_t count = 0;
  siginfo_t info{};
  while (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == 0 && info.si_pid != 0) ++count;
  return count;
}

long peak_memory_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

class Stopwatch {
 public:
  [[nodiscard]] Clock::duration elapsed() const { return Clock::now() - start_; }

 private:
  Clock::time_point start_ = Clock::now();
};

}  // namespace

TEST_CASE("a program's exit code and outputs come back", "[host]") {
  const Completion done = run(shell("echo out; echo err >&2; exit 7"));
  CHECK(done.how == Ended::exited);
  CHECK(done.exit_code == 7);
  CHECK(done.signal == 0);
  CHECK(done.out == "out\n");
  CHECK(done.err == "err\n");
  CHECK(done.out_bytes == 4);
  CHECK_FALSE(done.truncated);
  CHECK_FALSE(done.lossy);
}

TEST_CASE("a program that a signal ends says which", "[host]") {
  const Completion done = run(shell("kill -USR1 $$"));
  CHECK(done.how == Ended::signalled);
  CHECK(done.signal == SIGUSR1);
  CHECK(done.exit_code == -1);
}

TEST_CASE("arguments and variables arrive byte for byte", "[host]") {
  const std::string odd = "; $(touch /x) `y` \"'\\\n\t\xFF\x01 * ~ -n";
  Command command = make_command({"printf", "%s|%s|", odd, ""});
  CHECK(run(command).out_bytes == odd.size() + 2);

  command = shell("printf %s \"$ODD\"");
  command.environment.emplace_back("ODD", "a=b\n$c\"'");
  CHECK(run(command).out == "a=b\n$c\"'");
}

TEST_CASE("nothing but the given environment is inherited", "[host]") {
  ::setenv("HARBOR_TEST_LEAK", "1", 1);
  Command command = make_command({"env"});
  command.environment = {{"ONLY", "this"}};
  CHECK(run(command).out == "ONLY=this\n");
  ::unsetenv("HARBOR_TEST_LEAK");
}

TEST_CASE("a program that is not on the path is not found", "[host]") {
  Completion done = run(make_command({"no-such-program-here"}));
  CHECK(done.how == Ended::not_found);
  CHECK(done.reason == "no-such-program-here");
  CHECK(done.exit_code == -1);

  done = run(make_command({"/no/such/program"}));
  CHECK(done.how == Ended::not_found);
  CHECK(done.reason == "/no/such/program");
}

TEST_CASE("a program that cannot be executed is not started, and says why", "[host]") {
  const Folder folder;
  Completion done = run(make_command({folder.write("plain", "echo hi\n", 0644)}));
  CHECK(done.how == Ended::not_started);
  CHECK(done.reason == "Permission denied");

  done = run(make_command({folder.write("noformat", "no program\n", 0755)}));
  CHECK(done.how == Ended::not_started);
  CHECK(done.reason == "Exec format error");

  done = run(make_command({folder.write("script", "#!/no/such/interpreter\n", 0755)}));
  CHECK(done.how == Ended::not_started);
  CHECK(done.reason == "No such file or directory (its interpreter is missing)");
}

TEST_CASE("a command that cannot be passed on is not started", "[host]") {
  CHECK(run(make_command({})).reason == "no program is named");
  CHECK(run(make_command({""})).reason == "no program is named");
  CHECK(run(make_command({"echo", std::string("a\0b", 3)})).reason ==
        "an argument contains a NUL byte");
  Command command = make_command({"true"});
  command.environment = {{"A", std::string(1, '\0')}};
  CHECK(run(command).reason == "the variable A contains a NUL byte");
  command.environment = {{"A=B", "c"}};
  CHECK(run(command).reason == "a variable of the environment has an impossible name");
  CHECK(run(command).how == Ended::not_started);

  const Completion done = run(make_command({"true", std::string(10'000'000, 'x')}));
  CHECK(done.how == Ended::not_started);
  CHECK(done.reason == "Argument list too long");
}

TEST_CASE("a working folder that is missing is named", "[host]") {
  Command command = make_command({"pwd"});
  command.folder = "/no/such/folder";
  const Completion done = run(command);
  CHECK(done.how == Ended::not_started);
  CHECK(done.reason == "cannot enter /no/such/folder: No such file or directory");

  command.folder = "/usr";
  CHECK(run(command).out == "/usr\n");
}

TEST_CASE("programs are looked up in absolute folders only", "[host]") {
  const Folder folder;
  const std::string program = folder.write("tool", "#!/bin/sh\nexit 3\n", 0755);
  CHECK(folder.write("data", "", 0644) == folder.path + "/data");
  CHECK(harbor::process::find_program("tool", ":.:relative:" + folder.path) == program);
  CHECK_FALSE(harbor::process::find_program("data", folder.path).has_value());
  CHECK_FALSE(harbor::process::find_program("", folder.path).has_value());
  CHECK_FALSE(harbor::process::find_program("./tool", folder.path).has_value());
  CHECK(harbor::process::find_program(program, "") == program);
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(folder.path);
  CHECK_FALSE(harbor::process::find_program("tool", "::.").has_value());
  std::filesystem::current_path(here);

  Command command = make_command({"./tool"});
  command.folder = folder.path;
  CHECK(run(command).exit_code == 3);
}

TEST_CASE("standard input is given, or empty", "[host]") {
  Command command = make_command({"cat"});
  CHECK(run(command).out.empty());
  command.input = std::string(300'000, 'i');
  CHECK(run(command).out == command.input);
  command.argv = {"head", "-c", "1"};
  CHECK(run(command).out == "i");
  command.argv = {"true"};
  command.input = std::string(10'000'000, 'i');
  CHECK(run(command).exit_code == 0);
}

TEST_CASE("files are open in the child and in its children, and cannot be changed", "[host]") {
  Command command = shell(
      "cat /proc/self/fd/3; sh -c 'cat /proc/self/fd/4 <&-; cat /dev/fd/3'; "
      "(echo x >&4) 2>/dev/null && echo written; ls /proc/self/fd | wc -l");
  command.files = {"first\n", "second\n"};
  const Completion done = run(command);
  // ls itself has one more open, for the folder.
  CHECK(done.out == "first\nsecond\nfirst\n6\n");

  command.files.assign(40, "");
  command.files[39] = "last";
  command.argv = {"cat", "/proc/self/fd/42"};
  CHECK(run(command).out == "last");
}

TEST_CASE("a child gets no other descriptor, and default signals", "[host]") {
  const int leaked = ::open("/dev/null", O_RDONLY);  // without close-on-exec
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto pipe = ::signal(SIGPIPE, SIG_IGN);
  const Completion done =
      run(shell("ls /proc/self/fd; sed -n 's/SigBlk:.//p; s/SigIgn:.//p' /proc/self/status"));
  ::signal(SIGPIPE, pipe);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::close(leaked);
  std::istringstream lines(done.out);
  int last = 0;
  std::uint64_t blocked_mask = 1;
  std::uint64_t ignored_mask = 1;
  for (int number = 0; number <= 3; ++number) CHECK((lines >> last && last == number));
  lines >> std::hex >> blocked_mask >> ignored_mask;
  CHECK(blocked_mask == 0);
  // The C library leaves its own two signals, 32 and 33, ignored.
  CHECK((ignored_mask & ~0x180000000ULL) == 0);
}

TEST_CASE("a child leads a session of its own", "[host]") {
  const Completion done = run(shell(
      "read -r stat < /proc/self/stat; set -- ${stat##*)}; echo $(( $3 == $4 && $3 == $$ ))"));
  CHECK(done.out == "1\n");
}

TEST_CASE("a run leaves no descriptor open", "[host]") {
  CHECK(run(make_command({"true"})).exit_code == 0);
  const std::size_t before = count_descriptors();
  Command command = shell("echo x; cat");
  command.input = "in";
  command.files = {"file"};
  CHECK(run(command).out == "x\nin");
  CHECK(run(make_command({"no-such-program-here"})).how == Ended::not_found);
  CHECK(run(make_command({"/etc"})).how == Ended::not_started);
  CHECK(count_descriptors() == before);
}

TEST_CASE("a child that fills both pipes in turn does not block", "[host]") {
  Command command = shell(
      "i=0; while [ $i -lt 16 ]; do head -c 1048576 /dev/zero; head -c 1048576 /dev/zero >&2; "
      "i=$((i+1)); done");
  command.deadline = Clock::now() + 60s;
  const Completion done = run(command);
  CHECK(done.how == Ended::exited);
  CHECK(done.out_bytes == 16U << 20U);
  CHECK(done.err_bytes == 16U << 20U);
  CHECK(done.out.size() == command.keep);
  CHECK(done.truncated);
}

TEST_CASE("endless output is counted in flat memory", "[host]") {
  Command command = shell("head -c 268435456 /dev/zero");
  command.keep = 1000;
  CHECK(run(shell("head -c 1000000 /dev/zero")).exit_code == 0);
  const long before = peak_memory_kib();
  const Completion done = run(command);
  CHECK(done.out_bytes == 256U << 20U);
  CHECK(done.out.size() == 1000);
#if !defined(__SANITIZE_ADDRESS__)  // which keeps what is freed
  CHECK(peak_memory_kib() - before < 8 * 1024);
#else
  CHECK(before > 0);
#endif
}

TEST_CASE("lines are handed out as they come, as valid text", "[host]") {
  std::vector<std::pair<int, std::string>> lines;
  Command command = shell(
      "printf 'a\\r\\nb\\rc\\n\\n\\377z'; sleep 0.1; printf 'err\\303' >&2; sleep 0.1; printf "
      "'\\251\\n' >&2");
  command.on_line = [&](int stream, std::string_view line) { lines.emplace_back(stream, line); };
  const Completion done = run(command);
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  const std::vector<std::pair<int, std::string>> wanted{
      {1, "a"}, {1, "b"}, {1, "c"}, {1, ""}, {1, "\xEF\xBF\xBDz"}, {2, "err\xC3\xA9"}};
  CHECK(lines == wanted);
  CHECK(done.lossy);
  CHECK(done.out == "a\r\nb\rc\n\n\xEF\xBF\xBDz");
}

TEST_CASE("a line without end is split", "[host]") {
  std::size_t count = 0;
  std::size_t longest = 0;
  Command command = shell("head -c 1000000 /dev/zero | tr '\\0' x");
  command.on_line = [&](int, std::string_view line) {
    ++count;
    longest = std::max(longest, line.size());
  };
  CHECK(run(command).out_bytes == 1'000'000);
  CHECK(longest == 64 * 1024);
  CHECK(count == 16);
}

TEST_CASE("a listener that throws leaves no child behind", "[host]") {
  Command command = shell("echo $$; sleep 60");
  pid_t child = 0;
  command.on_line = [&](int, std::string_view line) {
    child = std::stoi(std::string(line));
    throw std::runtime_error("enough");
  };
  CHECK_THROWS_AS(run(command), std::runtime_error);
  CHECK(is_gone(child));
}

TEST_CASE("a grandchild that keeps the pipe is waited for two seconds, then killed", "[host]") {
  const Stopwatch watch;
  const Completion done = run(shell("sleep 60 & echo $!"));
  CHECK(done.how == Ended::exited);
  CHECK(done.exit_code == 0);
  CHECK(watch.elapsed() > 1900ms);
  CHECK(watch.elapsed() < 10s);
  const pid_t left = std::stoi(done.out);
  CHECK(wait_until([&] {
    // Without a reaper it may stay a zombie.
    const std::string stat = read_file("/proc/" + std::to_string(left) + "/stat");
    return stat.empty() || stat.find(") Z ") != std::string::npos;
  }));
}

TEST_CASE("what a child printed last is not lost", "[host]") {
  for (int i = 0; i < 20; ++i) CHECK(run(shell("head -c 60000 /dev/zero")).out_bytes == 60000);
}

TEST_CASE("a deadline asks the group to end", "[host]") {
  Command command = shell("trap 'echo bye; exit 5' TERM; echo ready; sleep 60 & wait");
  command.deadline = Clock::now() + 300ms;
  const Stopwatch watch;
  const Completion done = run(command);
  CHECK(done.how == Ended::timed_out);
  CHECK(done.exit_code == 5);
  CHECK(done.out == "ready\nbye\n");
  CHECK(watch.elapsed() < 4s);
}

TEST_CASE("a child that ignores the request is killed after the grace", "[host]") {
  Command command = shell("trap '' TERM; while :; do sleep 0.05; done");
  command.deadline = Clock::now() + 200ms;
  command.grace = 300ms;
  const Stopwatch watch;
  const Completion done = run(command);
  CHECK(done.how == Ended::timed_out);
  CHECK(done.signal == SIGKILL);
  CHECK(watch.elapsed() > 450ms);
  CHECK(watch.elapsed() < 5s);
}

TEST_CASE("a stopped child sees the request", "[host]") {
  Command command = shell("kill -STOP $$; sleep 60");
  command.deadline = Clock::now() + 200ms;
  const Stopwatch watch;
  CHECK(run(command).signal == SIGTERM);
  CHECK(watch.elapsed() < 4s);
}

TEST_CASE("nothing is started after the deadline or a cancellation", "[host]") {
  const Folder folder;
  Command command = shell("touch " + folder.path + "/started");
  command.deadline = Clock::now();
  CHECK(run(command).how == Ended::timed_out);
  command.deadline.reset();
  Cancellation cancellation;
  cancellation.request(Cancellation::State::graceful);
  CHECK(harbor::process::run(command, cancellation).how == Ended::cancelled);
  CHECK(std::filesystem::is_empty(folder.path));
}

TEST_CASE("a cancellation ends a run soon, first asking, then killing", "[host]") {
  Cancellation cancellation;
  Command command = shell("trap 'echo asked' TERM; echo ready; while :; do sleep 0.02; done");
  command.grace = 60s;
  std::thread killer;
  command.on_line = [&](int, std::string_view line) {
    if (line == "ready") cancellation.request(Cancellation::State::graceful);
    if (line == "asked")
      killer = std::thread([&] { cancellation.request(Cancellation::State::at_once); });
  };
  const Stopwatch watch;
  const Completion done = harbor::process::run(command, cancellation);
  killer.join();
  CHECK(done.how == Ended::cancelled);
  CHECK(done.signal == SIGKILL);
  CHECK(done.out == "ready\nasked\n");
  CHECK(watch.elapsed() < 10s);
}

TEST_CASE("a cancellation from another thread wakes a silent run", "[host]") {
  Cancellation cancellation;
  Clock::time_point requested;
  std::thread other([&] {
    std::this_thread::sleep_for(200ms);
    requested = Clock::now();
    cancellation.request(Cancellation::State::at_once);
  });
  const Completion done = harbor::process::run(make_command({"sleep", "60"}), cancellation);
  const auto ended = Clock::now();
  other.join();
  CHECK(done.how == Ended::cancelled);
  CHECK(done.signal == SIGKILL);
  CHECK(ended - requested < 2s);
}

TEST_CASE("what leaves its group is adopted and killed", "[host]") {
  harbor::process::become_subreaper();
  const Completion done =
      run(shell("setsid sh -c 'echo $$; exec sleep 60 >/dev/null 2>&1' & "
                "(setsid sh -c 'sleep 60 >/dev/null 2>&1 & echo $!' &) ; sleep 0.2"));
  ::prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
  std::istringstream pids(done.out);
  const std::vector<pid_t> left{std::istream_iterator<pid_t>(pids), {}};
  REQUIRE(left.size() == 2);
  for (const pid_t pid : left) CHECK_FALSE(is_gone(pid));
  CHECK(harbor::process::reap_orphans() >= 2);
  for (const pid_t pid : left) CHECK(is_gone(pid));
  CHECK(count_zombies() == 0);
}

TEST_CASE("reaping orphans never touches a child of another run", "[host]") {
  harbor::process::become_subreaper();
  std::atomic<int> wrong{0};
  std::atomic<int> running{4};
  std::vector<std::thread> runners;
  for (int i = 0; i < 4; ++i) {
    runners.emplace_back([&] {
      for (int n = 0; n < 25; ++n) {
        const Completion done = run(make_command({"sh", "-c", "exit 3"}));
        if (done.how != Ended::exited || done.exit_code != 3) ++wrong;
      }
      --running;
    });
  }
  while (running > 0) harbor::process::reap_orphans();
  for (std::thread& runner : runners) runner.join();
  ::prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
  CHECK(wrong == 0);
  CHECK(count_zombies() == 0);
}

TEST_CASE("many threads may run programs at once", "[host]") {
  std::atomic<int> wrong{0};
  std::atomic<int> left{200};
  std::vector<std::thread> threads;
  const std::size_t before = count_descriptors();
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&] {
      while (left.fetch_sub(1) > 0) {
        const Completion done = run(make_command({"true"}));
        if (done.how != Ended::exited || done.exit_code != 0) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(count_zombies() == 0);
  CHECK(count_descriptors() == before);
}

namespace {

/// A process of its own with these standard streams, that runs `command` attached and exits with
/// its exit code.
pid_t run_attached(const Command& command, int in, int out, int err) {
  std::fflush(nullptr);  // or the child may print what the test had in its buffer
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
  ::close_range(3, ~0U, 0);
  const Completion done = run(command);
  ::_exit(done.how == Ended::exited ? done.exit_code : 100 + static_cast<int>(done.how));
}

int exit_code_of(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// A user in front of a terminal in which a process of its own runs a command.
class Screen {
 public:
  explicit Screen(const Command& command) {
    begin([&] { return run(command); });
  }
  template <class Work>
  explicit Screen(const Work& work, int) {
    begin(work);
  }
  ~Screen() {
    ::close(terminal_);
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void type(std::string_view keys) const {
    REQUIRE(::write(terminal_, keys.data(), keys.size()) > 0);
  }
  void resize(unsigned short rows, unsigned short columns) const {
    const winsize size{rows, columns, 0, 0};
    ::ioctl(terminal_, TIOCSWINSZ, &size);
  }
  void signal(int number) const { ::kill(pid_, number); }
  [[nodiscard]] bool is_raw() const {
    termios mode{};
    ::tcgetattr(terminal_, &mode);
    return (mode.c_lflag & static_cast<tcflag_t>(ICANON | ECHO | ISIG)) == 0;
  }
  /// Reads until the screen has shown `text`; false after 10 s.
  bool shows(const std::string& text) {
    return wait_until([&] {
      read_some();
      return shown_.find(text) != std::string::npos;
    });
  }
  [[nodiscard]] const std::string& text() const { return shown_; }
  int end() {
    int status = 0;
    CHECK(wait_until([&] {
      read_some();
      return ::waitpid(pid_, &status, WNOHANG) == pid_;
    }));
    read_some();
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  template <class Work>
  void begin(const Work& work) {
    const winsize size{24, 80, 0, 0};
    // A copy of the terminal stays open, so that its mode can be looked at after the end.
    REQUIRE(::openpty(&terminal_, &other_side_, nullptr, nullptr, &size) == 0);
    std::fflush(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::login_tty(other_side_);
      ::close(terminal_);
      // The test program's own handlers have no business here.
      for (int number = 1; number < SIGSYS; ++number) ::signal(number, SIG_DFL);
      const Completion done = work();
      ::_exit(done.how == Ended::exited ? done.exit_code : 100 + static_cast<int>(done.how));
    }
  }
  void read_some() {
    pollfd ready{terminal_, POLLIN, 0};
    std::array<char, 4096> buffer;
    while (::poll(&ready, 1, 0) == 1) {
      const auto count = ::read(terminal_, buffer.data(), buffer.size());
      if (count <= 0) return;
      shown_.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

  int terminal_ = -1;
  int other_side_ = -1;
  pid_t pid_ = -1;
  std::string shown_;
};

Command attached(const std::string& script) {
  Command command = shell(script);
  command.streams = Streams::attached;
  return command;
}

Masker masker_of(std::string_view secret) {
  Masker masker;
  masker.add(secret);
  return masker;
}

}  // namespace

TEST_CASE("attached without a terminal, the child has Harbor's input and its outputs are masked",
          "[host]") {
  const Folder folder;
  const int in = ::open(folder.write("in", "typed\n", 0600).c_str(), O_RDONLY);
  const int out = ::open((folder.path + "/out").c_str(), O_RDWR | O_CREAT, 0600);
  const int err = ::open((folder.path + "/err").c_str(), O_RDWR | O_CREAT, 0600);
  const Masker masker = masker_of("hunter2");
  Command command = attached("cat; printf hun; sleep 0.2; echo ter2; echo hunter2 >&2; exit 4");
  command.masker = &masker;
  CHECK(exit_code_of(run_attached(command, in, out, err)) == 4);
  const std::string printed = read_file(folder.path + "/out");
  CHECK(printed == "typed\nhun******\n");
  CHECK(read_file(folder.path + "/err") == "******\n");
  for (const int fd : {in, out, err}) ::close(fd);
}

TEST_CASE("an attached child whose reader goes away ends", "[host]") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const int null = ::open("/dev/null", O_RDWR);
  ::signal(SIGPIPE, SIG_IGN);
  Command command = make_command({"yes"});
  command.streams = Streams::attached;
  const pid_t pid = run_attached(command, null, ends[1], null);
  ::signal(SIGPIPE, SIG_DFL);
  ::close(ends[1]);
  std::array<char, 1000> buffer;
  CHECK(::read(ends[0], buffer.data(), buffer.size()) > 0);
  ::close(ends[0]);
  CHECK(exit_code_of(pid) == 100 + static_cast<int>(Ended::signalled));
  ::close(null);
}

TEST_CASE("a slow reader of an attached child gets everything", "[host]") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const int null = ::open("/dev/null", O_RDWR);
  const pid_t pid = run_attached(attached("head -c 300000 /dev/zero"), null, ends[1], null);
  ::close(ends[1]);
  std::this_thread::sleep_for(2500ms);
  std::size_t total = 0;
  std::array<char, 65536> buffer;
  for (ssize_t count = 1; count > 0; total += static_cast<std::size_t>(count)) {
    count = ::read(ends[0], buffer.data(), buffer.size());
  }
  CHECK(total == 300000);
  CHECK(exit_code_of(pid) == 0);
  for (const int fd : {ends[0], null}) ::close(fd);
}

TEST_CASE("attached to a terminal, the child has one of its own and the user's is restored",
          "[host]") {
  const Masker masker = masker_of("hunter2");
  Command command = attached(
      "test -t 0 && test -t 1 && test -t 2 && echo terminal; read line; echo got $line; echo x > "
      "/dev/tty; exit 6");
  command.masker = &masker;
  Screen screen(command);
  REQUIRE(screen.shows("terminal\r\n"));
  CHECK(screen.is_raw());
  screen.type("hunter2 there\r");
  CHECK(screen.end() == 6);
  CHECK(screen.text().find("got ****** there\r\n") != std::string::npos);
  CHECK(screen.text().find("hunter2") == std::string::npos);
  CHECK(screen.text().find("x\r\n") != std::string::npos);
  CHECK_FALSE(screen.is_raw());
}

TEST_CASE("a prompt is seen although a secret might begin there", "[host]") {
  const Masker masker = masker_of("? what a secret");
  Command command = attached("printf 'name? '; read line; echo hello $line");
  command.masker = &masker;
  Screen screen(command);
  CHECK(screen.shows("name? "));
  screen.type("x\r");
  CHECK(screen.shows("hello x"));
  CHECK(screen.end() == 0);
}

TEST_CASE("the size of the terminal reaches the child, and its changes", "[host]") {
  Screen screen(attached(
      "stty size; trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.05; done"));
  REQUIRE(screen.shows("ready"));
  CHECK(screen.text().find("24 80") != std::string::npos);
  screen.resize(50, 132);
  CHECK(screen.shows("50 132"));
  CHECK(screen.end() == 0);
}

TEST_CASE("an interrupting key goes to the child", "[host]") {
  Screen screen(
      attached("trap 'echo interrupted; exit 9' INT; echo ready; while :; do sleep 0.05; done"));
  REQUIRE(screen.shows("ready"));
  screen.type("\x03");
  CHECK(screen.end() == 9);
  CHECK(screen.text().find("interrupted") != std::string::npos);
  CHECK_FALSE(screen.is_raw());
}

TEST_CASE("the terminal is restored when a signal ends Harbor", "[host]") {
  for (const int number : {SIGTERM, SIGHUP, SIGQUIT, SIGSEGV}) {
    Screen screen(attached("echo ready; sleep 60"));
    REQUIRE(screen.shows("ready"));
    CHECK(screen.is_raw());
    screen.signal(number);
    CHECK(screen.end() == -number);
    CHECK_FALSE(screen.is_raw());
  }
}

TEST_CASE("the terminal is restored when a signal cancels the run, or nothing starts", "[host]") {
  Screen screen(
      [] {
        Cancellation cancellation;
        const harbor::process::SignalCancellation signals(cancellation);
        return harbor::process::run(attached("echo ready; sleep 60"), cancellation);
      },
      0);
  REQUIRE(screen.shows("ready"));
  screen.signal(SIGTERM);
  CHECK(screen.end() == 100 + static_cast<int>(Ended::cancelled));
  CHECK_FALSE(screen.is_raw());

  Command missing = attached("");
  missing.argv = {"no-such-program-here"};
  Screen other(missing);
  CHECK(other.end() == 100 + static_cast<int>(Ended::not_found));
  CHECK_FALSE(other.is_raw());
}

TEST_CASE("two programs cannot have the terminal at once", "[host]") {
  Screen screen(
      [] {
        Completion second;
        std::thread first([] { run(attached("echo ready; read line")); });
        wait_until([&] {
          termios mode{};
          ::tcgetattr(0, &mode);
          return (mode.c_lflag & static_cast<tcflag_t>(ICANON)) == 0;
        });
        second = run(attached("echo second"));
        if (::write(1, "tried", 5) != 5) std::abort();  // only now may the first one end
        first.join();
        return second;
      },
      0);
  REQUIRE(screen.shows("ready"));
  REQUIRE(screen.shows("tried"));
  screen.type("\r");
  CHECK(screen.end() == 100 + static_cast<int>(Ended::not_started));
  CHECK(screen.text().find("second") == std::string::npos);
}

TEST_CASE("starting a program is quick", "[host][!hide][bench]") {
  const Stopwatch watch;
  for (int i = 0; i < 200; ++i) CHECK(run(make_command({"true"})).exit_code == 0);
  std::cout << "run(true): "
            << std::chrono::duration<double, std::micro>(watch.elapsed()).count() / 200 << " us\n";
}
