#include "system/file.hpp"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <thread>

#include "failure_of.hpp"
#include "report/diagnostic.hpp"
#include "temporary_folder.hpp"

using namespace harbor;
namespace fs = std::filesystem;

namespace {

using Folder = test::TemporaryFolder;

using test::failure_of;
unsigned mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

std::size_t entries_of(const fs::path& path) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator{path}, {}));
}

}  // namespace

TEST_CASE("what is written is read back, with its mode", "[store]") {
  const Folder folder;
  const fs::path file = folder.path / "a/b/file";
  CHECK_FALSE(system::read_file(file));
  system::write_file(file, "one");
  CHECK(system::read_file(file) == "one");
  CHECK(mode_of(file) == 0600);
  CHECK(mode_of(folder.path / "a") == 0700);
  CHECK(mode_of(folder.path / "a/b") == 0700);
  const std::string bytes("\0\n\xff", 3);
  system::write_file(file, bytes, 0644);
  CHECK(system::read_file(file) == bytes);
  CHECK(mode_of(file) == 0644);
  system::write_file(file, "");
  CHECK(system::read_file(file) == "");
  CHECK(entries_of(file.parent_path()) == 1);
}

TEST_CASE("a relative name without folder is a file here", "[store]") {
  const Folder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path);
  system::write_file("plain", "x");
  CHECK(system::read_file("plain") == "x");
  fs::current_path(before);
}

TEST_CASE("a name as long as names can be is written", "[store]") {
  const Folder folder;
  const fs::path file = folder.path / std::string(255, 'n');
  system::write_file(file, "x");
  CHECK(system::read_file(file) == "x");
}

TEST_CASE("a symbolic link is replaced, not followed", "[store]") {
  const Folder folder;
  system::write_file(folder.path / "target", "old");
  fs::create_symlink("target", folder.path / "link");
  const auto refused =
      failure_of([&] { static_cast<void>(system::read_file(folder.path / "link")); });
  CHECK(refused.code == "H0706");
  CHECK(refused.message ==
        "cannot read '" + (folder.path / "link").string() + "': it is a symbolic link");
  system::write_file(folder.path / "link", "new");
  CHECK(system::read_file(folder.path / "target") == "old");
  CHECK(system::read_file(folder.path / "link") == "new");
}

TEST_CASE("only regular files of a sane size are read", "[store]") {
  const Folder folder;
  REQUIRE(::mkfifo((folder.path / "fifo").c_str(), 0600) == 0);
  CHECK(failure_of([&] { static_cast<void>(system::read_file(folder.path / "fifo")); }).code ==
        "H0706");
  CHECK(failure_of([&] { static_cast<void>(system::read_file(folder.path)); }).code == "H0706");
  system::write_file(folder.path / "large", std::string(1001, 'x'));
  CHECK(system::read_file(folder.path / "large", 1001)->size() == 1001);
  const auto refused =
      failure_of([&] { static_cast<void>(system::read_file(folder.path / "large", 1000)); });
  CHECK(refused.message ==
        "cannot read '" + (folder.path / "large").string() + "': it is larger than 1000 bytes");
  CHECK_FALSE(refused.hint.empty());
}

TEST_CASE("a folder in the place of the file is an error and leaves nothing behind", "[store]") {
  const Folder folder;
  fs::create_directories(folder.path / "taken/inside");
  const auto refused = failure_of([&] { system::write_file(folder.path / "taken", "x"); });
  CHECK(refused.code == "H0705");
  CHECK(refused.exit == ExitStatus::io);
  CHECK(refused.message ==
        "cannot write '" + (folder.path / "taken").string() + "': Is a directory");
  CHECK(entries_of(folder.path) == 1);
  CHECK(failure_of([&] { system::write_file(folder.path / "taken/", "x"); }).code == "H0705");
}

TEST_CASE("a file in the place of a folder is an error", "[store]") {
  const Folder folder;
  system::write_file(folder.path / "file", "x");
  const auto refused = failure_of([&] { system::write_file(folder.path / "file/below", "y"); });
  CHECK(refused.message ==
        "cannot write '" + (folder.path / "file/below").string() + "': Not a directory");
}

TEST_CASE("a reader sees the old file or the new one, never half", "[store]") {
  const Folder folder;
  const fs::path file = folder.path / "file";
  const std::string old_text(300'000, 'o');
  const std::string new_text(200'000, 'n');
  system::write_file(file, old_text);
  std::atomic<bool> is_done{false};
  std::atomic<int> halves{0};
  std::thread reader{[&] {
    while (!is_done) {
      const auto text = system::read_file(file);
      if (!text || (*text != old_text && *text != new_text)) ++halves;
    }
  }};
  for (int i = 0; i < 20; ++i) system::write_file(file, i % 2 == 0 ? new_text : old_text);
  is_done = true;
  reader.join();
  CHECK(halves == 0);
}

TEST_CASE("a writer that is killed leaves the old file or the new one", "[store]") {
  const Folder folder;
  const fs::path file = folder.path / "file";
  const std::string one(500'000, '1');
  const std::string two(500'000, '2');
  for (int round = 0; round < 5; ++round) {
    system::write_file(file, one);
    int started[2];
    REQUIRE(::pipe(started) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      if (::write(started[1], "x", 1) != 1) ::_exit(1);
      for (;;) {
        system::write_file(file, two);
        system::write_file(file, one);
      }
    }
    char byte = 0;
    REQUIRE(::read(started[0], &byte, 1) == 1);
    ::kill(child, SIGKILL);
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    ::close(started[0]);
    ::close(started[1]);
    const auto text = system::read_file(file);
    REQUIRE(text);
    CHECK((*text == one || *text == two));
  }
}

TEST_CASE("a full disk leaves the old file and names the new one", "[store]") {
  const Folder folder;
  if (::geteuid() != 0 ||
      ::mount("tmpfs", folder.path.c_str(), "tmpfs", 0, "size=64k,mode=0700") != 0) {
    std::cout << "SKIPPED: no file system can be mounted here\n";
    SUCCEED();
    return;
  }
  const fs::path file = folder.path / "file";
  system::write_file(file, "old");
  const auto full = failure_of([&] { system::write_file(file, std::string(1 << 20, 'x')); });
  const auto text = system::read_file(file);
  const auto entries = entries_of(folder.path);
  REQUIRE(::umount2(folder.path.c_str(), MNT_DETACH) == 0);
  CHECK(full.code == "H0705");
  CHECK(full.exit == ExitStatus::io);
  CHECK(full.message == "cannot write '" + file.string() + "': No space left on device");
  CHECK(full.hint ==
        "make room on its file system and run the command again; the file is unchanged");
  CHECK(text == "old");
  CHECK(entries == 1);
}

TEST_CASE("a link is followed where it may be, and no loop is absent", "[store]") {
  const test::TemporaryFolder folder;
  using system::Links;
  system::write_file(folder.path / "target", "text");
  std::filesystem::create_symlink("target", folder.path / "link");
  std::filesystem::create_symlink("loop", folder.path / "loop");
  CHECK(system::read_file(folder.path / "link", 10, Links::followed) == "text");
  CHECK_FALSE(system::read_file(folder.path / "target/inner", 10, Links::followed));
  CHECK_FALSE(system::read_file(folder.path / "gone/inner", 10, Links::followed));
  for (const char* path : {"loop", "loop/inner"})
    CHECK(failure_of([&] {
            static_cast<void>(system::read_file(folder.path / path, 10, Links::followed));
          }).code == "H0706");
}

TEST_CASE("folders are listed, or it is said why not", "[store]") {
  const test::TemporaryFolder folder;
  for (const char* name : {"b", "a"}) std::filesystem::create_directory(folder.path / name);
  system::write_file(folder.path / "file", "");
  CHECK(system::list_folders(folder.path) == std::vector<std::string>{"a", "b"});
  CHECK(system::list_folders(folder.path / "gone").empty());
  CHECK(system::list_folders(folder.path / "file").empty());
  std::filesystem::create_symlink("loop", folder.path / "loop");
  for (const char* path : {"", "loop"})
    CHECK(failure_of([&] { static_cast<void>(system::list_folders(folder.path / path)); }).code ==
          "H0706");
}
