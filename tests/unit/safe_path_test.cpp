#include "plugin/safe_path.hpp"

#include <catch2/catch.hpp>
#include <iostream>

#include "zoo.hpp"

using namespace harbor::plugin;
namespace fs = std::filesystem;

namespace {

Fault opened(const fs::path& file, const fs::path& root) {
  return zoo::refusal([&] { (void)open_safely(file, root); });
}

bool is_root() {
  if (geteuid() == 0) return true;
  std::cout << "SKIPPED: only root can give files away\n";
  return false;
}

}  // namespace

TEST_CASE("a file of the user's own is opened and identified", "[plugin]") {
  const zoo::Folder folder;
  const fs::path file = zoo::put("zoo", folder / "zoo.so");
  const SafeFile safe = open_safely(file, folder.path());
  CHECK(safe.path == file);
  CHECK(safe.open.is_open());
  CHECK(safe.identity == identify(file));
  CHECK(safe.identity.size == fs::file_size(file));
}

TEST_CASE("another file under the same name has another identity", "[plugin]") {
  const zoo::Folder folder;
  const fs::path file = zoo::put("zoo", folder / "zoo.so");
  const Identity before = identify(file);
  fs::rename(zoo::put("zoo", folder / "new"), file);
  CHECK(identify(file) != before);
  fs::remove(file);
  CHECK(identify(file) == Identity{});
}

TEST_CASE("a file that others can write is refused", "[plugin]") {
  const zoo::Folder folder;
  const fs::path file = zoo::put("zoo", folder / "zoo.so");
  for (const unsigned mode : {0666u, 0664u, 0646u}) {
    zoo::set_mode(file, mode);
    CHECK(opened(file, folder.path()).code == "H0301");
  }
  zoo::set_mode(file, 0666);
  CHECK(opened(file, folder.path()) ==
        Fault{"H0301",
              "can be changed by others: it has mode 0666, no write permission for group and "
              "others expected",
              "if you know that nobody did, run: chmod go-w '" + file.string() + "'"});
}

TEST_CASE("set-user-id bits are refused", "[plugin]") {
  const zoo::Folder folder;
  const fs::path file = zoo::put("zoo", folder / "zoo.so");
  zoo::set_mode(file, 04755);
  CHECK(opened(file, folder.path()) ==
        Fault{"H0301", "has mode 4755, no set-user-id or set-group-id bit expected",
              "run: chmod ug-s '" + file.string() + "'"});
}

TEST_CASE("a file that belongs to somebody else is refused", "[plugin]") {
  if (!is_root()) return;
  const zoo::Folder folder;
  const fs::path file = zoo::put("zoo", folder / "zoo.so");
  REQUIRE(chown(file.c_str(), 54321, 0) == 0);
  CHECK(opened(file, folder.path()) ==
        Fault{"H0301", "belongs to user 54321, owner root expected",
              "if you know where it comes from, run: chown root '" + file.string() + "'"});
}

TEST_CASE("a folder that belongs to somebody else is refused", "[plugin]") {
  if (!is_root()) return;
  const zoo::Folder folder;
  const fs::path file = zoo::put("zoo", folder / "theirs/packs/zoo.so");
  REQUIRE(chown((folder / "theirs").c_str(), 54321, 0) == 0);
  CHECK(opened(file, file.parent_path()) ==
        Fault{"H0301",
              "lies in a folder that somebody else can change: '" + (folder / "theirs").string() +
                  "' belongs to user 54321, owner root expected",
              "move the plugin to a folder of your own"});
}

TEST_CASE("a folder that others can write is refused, also further up", "[plugin]") {
  const zoo::Folder folder;
  const fs::path open_folder = folder / "open";
  const fs::path file = zoo::put("zoo", open_folder / "packs/zoo.so");
  zoo::set_mode(open_folder, 0777);
  CHECK(opened(file, file.parent_path()) ==
        Fault{"H0301",
              "lies in a folder that others can change: '" + open_folder.string() +
                  "' has mode 0777, no write permission for group and others expected",
              "run: chmod go-w '" + open_folder.string() + "'"});
}

TEST_CASE("a sticky folder is fine above a plugin's folder, not as that folder", "[plugin]") {
  const zoo::Folder folder;
  const fs::path sticky = folder / "sticky";
  const fs::path below = zoo::put("zoo", sticky / "packs/zoo.so");
  const fs::path inside = zoo::put("zoo", sticky / "zoo.so");
  zoo::set_mode(sticky, 01777);
  CHECK(open_safely(below, sticky).path == below);
  CHECK(opened(inside, sticky) ==
        Fault{"H0301",
              "lies in a folder that others can change: '" + sticky.string() +
                  "' has mode 1777, no write permission for group and others expected",
              "move the plugin to a folder of your own"});
}

TEST_CASE("a link may lead to a file beneath the root", "[plugin]") {
  const zoo::Folder folder;
  const fs::path file = zoo::put("zoo", folder / "zoo-1.2.so");
  fs::create_symlink("zoo-1.2.so", folder / "zoo.so");
  CHECK(open_safely(folder / "zoo.so", folder.path()).path == file);
}

TEST_CASE("a link out of the root is refused", "[plugin]") {
  const zoo::Folder folder;
  const zoo::Folder elsewhere;
  const fs::path file = zoo::put("zoo", elsewhere / "zoo.so");
  fs::create_symlink(file, folder / "zoo.so");
  CHECK(opened(folder / "zoo.so", folder.path()) ==
        Fault{"H0302",
              "is a symbolic link to '" + file.string() + "', a file beneath '" +
                  folder.path().string() + "' expected",
              "put the file itself there, or add its folder to HARBOR_PLUGIN_PATH"});
}

TEST_CASE("a linked folder out of the root is refused", "[plugin]") {
  const zoo::Folder folder;
  const zoo::Folder elsewhere;
  zoo::put("zoo", elsewhere / "zoo.so");
  fs::create_directory_symlink(elsewhere.path(), folder / "packs");
  CHECK(opened(folder / "packs/zoo.so", folder.path()).code == "H0302");
}

TEST_CASE("the folder of a link is checked too", "[plugin]") {
  const zoo::Folder folder;
  zoo::put("zoo", folder / "store/zoo.so");
  fs::create_directory(folder / "open");
  fs::create_symlink("../store/zoo.so", folder / "open/zoo.so");
  zoo::set_mode(folder / "open", 0777);
  CHECK(opened(folder / "open/zoo.so", folder.path()).code == "H0301");
}

TEST_CASE("what is no file is refused without waiting for it", "[plugin]") {
  const zoo::Folder folder;
  fs::create_directory(folder / "folder.so");
  REQUIRE(mkfifo((folder / "pipe.so").c_str(), 0600) == 0);
  CHECK(opened(folder / "folder.so", folder.path()) ==
        Fault{"H0303", "is a folder, a file expected", "move it out of the plugin folder"});
  CHECK(opened(folder / "pipe.so", folder.path()).found ==
        "is a device, socket or pipe, a file expected");
}

TEST_CASE("a missing file and a link to nowhere are told apart", "[plugin]") {
  const zoo::Folder folder;
  CHECK(opened(folder / "none.so", folder.path()) ==
        Fault{"H0316", "does not exist", "correct the path, or build the plugin"});
  fs::create_symlink("gone.so", folder / "zoo.so");
  CHECK(opened(folder / "zoo.so", folder.path()) ==
        Fault{"H0316", "is a symbolic link to 'gone.so', which leads nowhere",
              "correct or remove the link"});
}

TEST_CASE("beneath means whole names", "[plugin]") {
  CHECK(is_within("/a/b", "/a"));
  CHECK(is_within("/a", "/a"));
  CHECK(is_within("/a", "/"));
  CHECK(is_within("/a/b", "/a/"));
  CHECK_FALSE(is_within("/ab", "/a"));
  CHECK_FALSE(is_within("/", "/a"));
}

TEST_CASE("a known folder saves looking at it, not at its files", "[plugin]") {
  const zoo::Folder folder;
  const zoo::Folder elsewhere;
  SafeFolders known;
  const fs::path first = zoo::put("zoo", folder / "a.so");
  const fs::path second = zoo::put("zoo", folder / "b.so");
  CHECK(open_safely(first, folder.path(), known).path == first);
  CHECK(known == SafeFolders{folder.path().native()});
  CHECK(open_safely(second, folder.path(), known).path == second);
  zoo::set_mode(second, 0666);
  fs::create_symlink(zoo::put("zoo", elsewhere / "zoo.so"), folder / "c.so");
  const auto opened_again = [&](const char* name) {
    return zoo::refusal([&] { (void)open_safely(folder / name, folder.path(), known); }).code;
  };
  CHECK(opened_again("b.so") == "H0301");
  CHECK(opened_again("c.so") == "H0302");
  CHECK(opened_again("d.so") == "H0316");
}
