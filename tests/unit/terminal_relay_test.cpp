#include "process/terminal_relay.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>

#include "command_of.hpp"

using harbor::process::Cancellation;
using harbor::process::Clock;
using harbor::process::Command;
using harbor::process::Completion;
using harbor::process::Ended;
using harbor::process::Streams;
using harbor::secret::Masker;
using namespace std::chrono_literals;
using test::make_command;
using test::read_file;
using test::run;
using test::search_path;
using test::shell;
using test::Stopwatch;
using test::wait_until;
using Folder = test::ScriptFolder;

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
