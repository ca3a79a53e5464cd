#include "process/process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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
  CHECK(done.out.size() >= command.keep);
  CHECK(done.out.size() < command.keep + 100);
  CHECK(done.truncated);
}

TEST_CASE("endless output is counted in flat memory", "[host]") {
  Command command = shell("head -c 268435456 /dev/zero");
  command.keep = 1000;
  CHECK(run(shell("head -c 1000000 /dev/zero")).exit_code == 0);
  const long before = peak_memory_kib();
  const Completion done = run(command);
  CHECK(done.out_bytes == 256U << 20U);
  CHECK(done.out.size() < 1100);
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

TEST_CASE("of a flood the first and the last half are kept, with a line between", "[host]") {
  Command command = shell("echo first; yes x | head -c 1000000; echo last");
  command.keep = 1000;
  const Completion done = run(command);
  CHECK(done.truncated);
  CHECK(done.out_bytes == 1'000'011);
  CHECK(done.out.starts_with("first\n"));
  CHECK(done.out.ends_with("last\n"));
  CHECK(done.out.find("\n[999011 bytes are left out here]\n") == 500);
  CHECK(done.out.size() < 1100);
}

TEST_CASE("a flood cuts no character", "[host]") {
  Command command = shell("yes \xC3\xA4 | head -c 30000");
  command.keep = 1001;
  const Completion done = run(command);
  CHECK(done.truncated);
  CHECK_FALSE(done.lossy);
  CHECK(done.out.find("\xEF\xBF\xBD") == std::string::npos);
}

TEST_CASE("a program that is silent is asked after, as often as it is silent", "[host]") {
  Command command = shell("sleep 0.4; echo here");
  int asked = 0;
  command.silence = 100ms;
  command.on_silence = [&] { return ++asked > 0; };
  const Completion done = run(command);
  CHECK(done.how == Ended::exited);
  CHECK(done.out == "here\n");
  CHECK(asked >= 2);
}

TEST_CASE("a program that is given up is ended, and may be asked after by another one", "[host]") {
  const Stopwatch watch;
  Command command = shell("echo begins; sleep 60");
  command.silence = 50ms;
  command.on_silence = [] { return run(shell("exit 1")).exit_code == 0; };
  const Completion done = run(command);
  CHECK(done.how == Ended::given_up);
  CHECK(done.out == "begins\n");
  CHECK(watch.elapsed() < 10s);
}

TEST_CASE("a program that prints is not asked after", "[host]") {
  Command command = shell("for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.1; done");
  command.silence = 5s;
  bool is_asked = false;
  command.on_silence = [&] { return is_asked = true; };
  CHECK(run(command).how == Ended::exited);
  CHECK_FALSE(is_asked);
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

TEST_CASE("starting a program is quick", "[host][!hide][bench]") {
  const Stopwatch watch;
  for (int i = 0; i < 200; ++i) CHECK(run(make_command({"true"})).exit_code == 0);
  std::cout << "run(true): "
            << std::chrono::duration<double, std::micro>(watch.elapsed()).count() / 200 << " us\n";
}
