#include "store/lock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <iterator>

#include "report/diagnostic.hpp"
#include "temporary_folder.hpp"

using namespace harbor;
using namespace std::chrono_literals;
using store::Lock;
using store::LockHolder;
namespace fs = std::filesystem;

namespace {

using Folder = test::TemporaryFolder;

LockHolder holder(std::string command) {
  return {0, "20261121-074512-3fa9c1", std::move(command), ""};
}

report::Diagnostic refusal(const fs::path& var, std::chrono::milliseconds timeout = 0ms,
                           const store::Pause& pause = store::sleep) {
  try {
    const Lock lock = Lock::acquire(var, holder("destroy"), timeout, {}, pause);
  } catch (const report::Error& error) {
    return error.diagnostics().front();
  }
  FAIL("the lock was free");
  return {};
}

/// A process that holds the lock until it is killed.
struct HoldingProcess {
  pid_t pid = -1;
  explicit HoldingProcess(const fs::path& var) {
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
      const Lock lock = Lock::acquire(var, holder("deploy"), 5s);
      if (::write(ready[1], "x", 1) == 1) ::pause();
      ::_exit(0);
    }
    char byte = 0;
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    ::close(ready[0]);
    ::close(ready[1]);
  }
  void kill() {
    if (pid < 0) return;
    ::kill(pid, SIGKILL);
    ::waitpid(std::exchange(pid, -1), nullptr, 0);
  }
  ~HoldingProcess() { kill(); }
};

std::string text_of(const fs::path& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

TEST_CASE("the lock makes its folder, for the owner alone", "[store]") {
  const Folder folder;
  const fs::path var = folder.path / "deep/var";
  const Lock lock = Lock::acquire(var, holder("deploy"), 0ms);
  struct stat status {};
  REQUIRE(::stat(var.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0700);
  REQUIRE(::stat((var / "lock").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
}

TEST_CASE("the loser is told who holds the lock and how to go on", "[store]") {
  const Folder folder;
  const HoldingProcess other{folder.path};
  const auto who = store::lock_holder(folder.path);
  REQUIRE(who);
  CHECK(who->pid == other.pid);
  CHECK(who->command == "deploy");
  CHECK(who->run == "20261121-074512-3fa9c1");
  const auto refused = refusal(folder.path);
  const std::string pid = std::to_string(other.pid);
  CHECK(refused.code == "H0701");
  CHECK(refused.exit == ExitStatus::locked);
  CHECK(refused.message == "'" + (folder.path / "lock").string() + "' is locked by process " + pid +
                               " ('deploy') since " + who->since);
  CHECK(refused.hint == "wait for it, use --lock-timeout, or stop it: kill " + pid);
}

TEST_CASE("kill -9 of the holder frees the lock", "[store]") {
  const Folder folder;
  HoldingProcess other{folder.path};
  CHECK(refusal(folder.path).code == "H0701");
  other.kill();
  CHECK_FALSE(store::lock_holder(folder.path));
  const Lock lock = Lock::acquire(folder.path, holder("destroy"), 0ms);
  const auto who = store::lock_holder(folder.path);
  REQUIRE(who);
  CHECK(who->pid == ::getpid());
  CHECK(who->command == "destroy");
}

TEST_CASE("the next holder learns which runs were killed, until it has settled that", "[store]") {
  const Folder folder;
  {
    HoldingProcess other{folder.path};
    other.kill();
  }
  {
    HoldingProcess other{folder.path};  // takes over what the first one left, and is killed too
    other.kill();
  }
  const std::string killed = "20261121-074512-3fa9c1";
  {
    Lock lock = Lock::acquire(folder.path, {0, "20261121-080000-000001", "deploy", ""}, 0ms);
    CHECK(lock.left() == std::vector<std::string>{killed, killed});
    lock.settle();
    CHECK(lock.left().empty());
    REQUIRE(store::lock_holder(folder.path));
    CHECK(store::lock_holder(folder.path)->left.empty());
  }
  CHECK(Lock::acquire(folder.path, holder("deploy"), 0ms).left().empty());
}

TEST_CASE("who waits gets the lock when it is free, and says once for whom it waits", "[store]") {
  const Folder folder;
  HoldingProcess other{folder.path};
  const pid_t pid = other.pid;
  std::vector<long> announced;
  const Lock lock = Lock::acquire(folder.path, holder("destroy"), 60s, [&](const LockHolder& who) {
    announced.push_back(who.pid);
    other.kill();
  });
  CHECK(announced == std::vector<long>{pid});
}

TEST_CASE("waiting ends with the timeout", "[store]") {
  const Folder folder;
  const HoldingProcess other{folder.path};
  std::vector<std::chrono::milliseconds> pauses;
  const auto refused = refusal(folder.path, 120ms, [&](std::chrono::milliseconds time) {
    pauses.push_back(time);
    return true;
  });
  CHECK(refused.code == "H0701");
  CHECK(pauses == std::vector<std::chrono::milliseconds>{50ms, 50ms, 20ms});
}

TEST_CASE("waiting ends when the run is cancelled", "[store]") {
  const Folder folder;
  const HoldingProcess other{folder.path};
  int asked = 0;
  const auto refused = refusal(folder.path, 60s, [&](auto) { return ++asked < 2; });
  CHECK(refused.code == "H0707");
  CHECK(refused.exit == ExitStatus::interrupted);
  CHECK(refused.message.find("cancelled while waiting for process " + std::to_string(other.pid)) ==
        0);
}

TEST_CASE("a released lock is free and forgets its holder", "[store]") {
  const Folder folder;
  {
    Lock lock = Lock::acquire(folder.path, holder("deploy"), 0ms);
    CHECK(refusal(folder.path).code == "H0701");  // in the same process as well
    const Lock moved = std::move(lock);
    CHECK(refusal(folder.path).code == "H0701");
  }
  CHECK_FALSE(store::lock_holder(folder.path));
  CHECK(text_of(folder.path / "lock").empty());
  CHECK_NOTHROW(Lock::acquire(folder.path, holder("deploy"), 0ms));
}

TEST_CASE("a child that is started does not keep the lock", "[store]") {
  const Folder folder;
  pid_t child = -1;
  {
    const Lock lock = Lock::acquire(folder.path, holder("deploy"), 0ms);
    int closed_by_exec[2];
    REQUIRE(::pipe2(closed_by_exec, O_CLOEXEC) == 0);
    child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::execl("/bin/sleep", "sleep", "60", nullptr);
      ::_exit(1);
    }
    ::close(closed_by_exec[1]);
    char byte = 0;
    REQUIRE(::read(closed_by_exec[0], &byte, 1) == 0);  // the child runs its program now
    ::close(closed_by_exec[0]);
  }
  CHECK_NOTHROW(Lock::acquire(folder.path, holder("destroy"), 0ms));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST_CASE("nobody's lock is nobody's, and asking makes nothing", "[store]") {
  const Folder folder;
  CHECK_FALSE(store::lock_holder(folder.path / "var"));
  CHECK_FALSE(fs::exists(folder.path / "var"));
  std::ofstream{folder.path / "lock"} << "left by a crash";
  CHECK_FALSE(store::lock_holder(folder.path));
  CHECK(text_of(folder.path / "lock") == "left by a crash");
}

TEST_CASE("a holder that wrote nonsense is another run", "[store]") {
  const Folder folder;
  const HoldingProcess other{folder.path};
  for (const char* text : {"", "{", "[1]", "{\"pid\":\"x\",\"command\":7}", "\xff\xfe\n"}) {
    std::ofstream{folder.path / "lock", std::ios::trunc} << text;
    CHECK(refusal(folder.path).message ==
          "'" + (folder.path / "lock").string() + "' is locked by another run");
  }
}

TEST_CASE("a lock file that cannot be one is refused", "[store]") {
  const Folder folder;
  fs::create_symlink("elsewhere", folder.path / "lock");
  const auto link = refusal(folder.path);
  CHECK(link.code == "H0702");
  CHECK(link.hint == "remove the symbolic link");
  CHECK_FALSE(fs::exists(folder.path / "elsewhere"));
  fs::remove(folder.path / "lock");
  fs::create_directory(folder.path / "lock");
  CHECK(refusal(folder.path).message ==
        "cannot lock '" + (folder.path / "lock").string() + "': Is a directory");
  std::ofstream{folder.path / "file"} << "x";
  CHECK(refusal(folder.path / "file").code == "H0702");
}

TEST_CASE("a lock whose file was removed excludes no newcomer by accident", "[store]") {
  const Folder folder;
  const Lock stale = Lock::acquire(folder.path, holder("deploy"), 0ms);
  fs::remove(folder.path / "lock");
  const Lock lock = Lock::acquire(folder.path, holder("deploy"), 0ms);
  CHECK(refusal(folder.path).code == "H0701");  // the new file is the lock now
}

TEST_CASE("processes that contend are never in at the same time", "[store]") {
  const Folder folder;
  constexpr int processes = 4;
  constexpr int rounds = 6;
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child != 0) {
      children.push_back(child);
      continue;
    }
    for (int round = 0; round < rounds; ++round) {
      const Lock lock = Lock::acquire(folder.path / "var", holder("deploy"), 60s);
      const fs::path inside = folder.path / "inside";
      // Two at once would both make this name.
      if (::mkdir(inside.c_str(), 0700) != 0) ::_exit(1);
      std::ofstream{folder.path / "count", std::ios::app} << "x";
      if (::rmdir(inside.c_str()) != 0) ::_exit(1);
    }
    ::_exit(0);
  }
  for (const pid_t child : children) {
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  CHECK(text_of(folder.path / "count").size() == processes * rounds);
}
