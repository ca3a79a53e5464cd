#include "system/beneath.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include "temporary_folder.hpp"

using namespace harbor::system;
namespace fs = std::filesystem;
using namespace std::string_literals;

namespace {

/// Every way out of a folder, and what only looks like one.
const std::pair<std::string, bool> paths[] = {
    {"a", true},
    {"a/b", true},
    {"a/b/c/d/e/f/g", true},
    {"web.yml", true},
    {".hidden", true},
    {"...", true},
    {"..a", true},
    {"a..", true},
    {"a/..b", true},
    {"a/.b/c", true},
    {" ", true},
    {"a b/c d", true},
    {"-rf", true},
    {"~", true},
    {"~root/x", true},
    {"$HOME", true},
    {"${service}", true},
    {"a\\b", true},
    {"..\\..\\a", true},
    {"a\nb", true},
    {"%2e%2e/a", true},
    {"\xE2\x80\xA5/a", true},  // one character that looks like two dots
    {"\xC0\xAE\xC0\xAE/a", true},
    {"C:/a", true},
    {"a:b", true},
    {"*", true},
    {"[a]", true},
    {std::string(255, 'a'), true},
    {std::string(255, 'a') + "/" + std::string(255, 'b'), true},
    {"", false},
    {"/", false},
    {"//", false},
    {"/a", false},
    {"/etc/passwd", false},
    {"//etc/passwd", false},
    {"a/", false},
    {"a//", false},
    {"a//b", false},
    {"/a/", false},
    {".", false},
    {"./a", false},
    {"a/.", false},
    {"a/./b", false},
    {"..", false},
    {"../", false},
    {"../a", false},
    {"../../a", false},
    {"../x/service.env", false},
    {"a/..", false},
    {"a/../", false},
    {"a/../b", false},
    {"a/../../b", false},
    {"a/b/../../../etc/passwd", false},
    {"a/b/..", false},
    {"configs/../x/app.yml", false},
    {"\0"s, false},
    {"a\0b"s, false},
    {"a\0"s, false},
    {"a/\0"s, false},
    {"a\0/../../etc/passwd"s, false},
    {"..\0"s, false},
    {"proc/self/../../../etc", false},
    {std::string(256, 'a'), false},
    {"a/" + std::string(300, 'b') + "/c", false},
    {std::string(5000, 'a'), false},
};

std::string long_path(std::size_t parts) {
  std::string path = "a";
  for (std::size_t i = 1; i < parts; ++i) path += "/a";
  return path;
}

FileDescriptor open_folder(const fs::path& folder) {
  return FileDescriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

}  // namespace

TEST_CASE("a path is inner or it is not", "[host]") {
  for (const auto& [path, inner] : paths) {
    INFO("'" << path << "'");
    CHECK(is_inner_path(path) == inner);
  }
  CHECK(is_inner_path(long_path(2000)));
  CHECK_FALSE(is_inner_path(long_path(3000)));
}

TEST_CASE("no link is followed, wherever it stands", "[host]") {
  const test::TemporaryFolder temporary;
  fs::create_directories(temporary.path / "outside");
  std::ofstream(temporary.path / "outside/file") << "outside";
  const fs::path root = temporary.path / "root";
  fs::create_directories(root / "real/deep");
  std::ofstream(root / "real/deep/file") << "inside";
  fs::create_symlink(temporary.path / "outside", root / "absolute");
  fs::create_symlink("../outside", root / "relative");
  fs::create_symlink("real", root / "inner");
  fs::create_symlink("deep/file", root / "real/link");
  fs::create_symlink("/proc/self/root", root / "magic");
  fs::create_symlink("nowhere", root / "dangling");
  const FileDescriptor folder = open_folder(root);
  const auto walk = GENERATE(Walk::kernel, Walk::stepwise);

  CHECK(open_beneath(folder.get(), "real/deep/file", O_RDONLY, 0, walk).is_open());
  for (const std::string path : {"absolute/file", "relative/file", "inner/deep/file", "real/link",
                                 "magic/etc", "absolute", "dangling", "inner"}) {
    for (const int flags : {O_RDONLY, O_PATH, O_RDONLY | O_DIRECTORY}) {
      INFO(path << " " << flags);
      errno = 0;
      CHECK_FALSE(open_beneath(folder.get(), path, flags, 0, walk).is_open());
      CHECK(errno == ELOOP);
    }
  }
  CHECK_FALSE(open_beneath(folder.get(), "dangling", O_WRONLY | O_CREAT, 0600, walk).is_open());
  CHECK_FALSE(fs::exists(root / "nowhere"));
  CHECK_FALSE(open_beneath(folder.get(), "missing/file", O_RDONLY, 0, walk).is_open());
  CHECK(errno == ENOENT);
  CHECK_FALSE(open_beneath(folder.get(), "real/deep/file/x", O_RDONLY, 0, walk).is_open());
  CHECK(errno == ENOTDIR);
}

TEST_CASE("folders are made with mode 0700 whatever the umask", "[host]") {
  const test::TemporaryFolder temporary;
  const FileDescriptor root = open_folder(temporary.path);
  const auto mask = GENERATE(as<mode_t>(), 000, 022, 077);
  const mode_t before = ::umask(mask);
  const bool made = make_folders_beneath(root.get(), "a/b/c").is_open();
  ::umask(before);
  REQUIRE(made);
  for (const char* path : {"a", "a/b", "a/b/c"}) {
    struct stat status {};
    REQUIRE(::stat((temporary.path / path).c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0700);
  }
  fs::create_symlink("a", temporary.path / "link");
  CHECK_FALSE(make_folders_beneath(root.get(), "link/d").is_open());
  CHECK(errno == ELOOP);
  std::ofstream(temporary.path / "file") << "x";
  CHECK_FALSE(make_folders_beneath(root.get(), "file/d").is_open());
  CHECK(errno == ENOTDIR);
}

TEST_CASE("who swaps a folder for a link all the time gets nothing written outside", "[host]") {
  const test::TemporaryFolder temporary;
  const fs::path root = temporary.path / "root";
  const fs::path outside = temporary.path / "outside";
  fs::create_directories(root / "folder");
  fs::create_directories(outside);
  const auto walk = GENERATE(Walk::kernel, Walk::stepwise);

  std::atomic<bool> is_over{false};
  std::thread racer([&] {
    const std::string folder = root / "folder", aside = root / "aside";
    while (!is_over) {
      ::rename(folder.c_str(), aside.c_str());
      if (::symlink(outside.c_str(), folder.c_str()) == 0) ::unlink(folder.c_str());
      ::rename(aside.c_str(), folder.c_str());
    }
  });
  const FileDescriptor folder = open_folder(root);
  std::size_t opened = 0, refused = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  while (std::chrono::steady_clock::now() < end) {
    const auto file = open_beneath(folder.get(), "folder/file", O_WRONLY | O_CREAT, 0600, walk);
    file.is_open() ? ++opened : ++refused;
  }
  is_over = true;
  racer.join();
  CHECK(fs::is_empty(outside));
  CHECK(opened > 0);
  CHECK(refused > 0);
}
