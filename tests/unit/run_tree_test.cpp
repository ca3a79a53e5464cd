#include "store/run_tree.hpp"

#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>
#include <vector>

#include "failure_of.hpp"
#include "report/diagnostic.hpp"
#include "run_place.hpp"
#include "store/commit.hpp"

using namespace harbor::store;
using namespace harbor::system;
namespace fs = std::filesystem;

namespace {

using test::failure_of;
using test::Place;
using test::status_of;
using test::text_of;
using test::tree_of;
using Files = std::vector<TreeFile>;
using Tree = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("a tree is made, replaced and left alone", "[store]") {
  Place place;
  place.run.has_links = GENERATE(true, false);
  place.run.walk = GENERATE(Walk::kernel, Walk::stepwise);
  CHECK(replace_tree(place.run, "configs", Files{{"a.yml", "a"}, {"web/b.yml", "b"}}));
  CHECK(tree_of(place / "configs") == Tree{{"a.yml", "a"}, {"web/b.yml", "b"}});
  CHECK_FALSE(replace_tree(place.run, "configs", Files{{"web/b.yml", "b"}, {"a.yml", "a"}}));

  CHECK(replace_tree(place.run, "configs", Files{{"a.yml", "A"}, {"c/d/e", ""}}));
  CHECK(tree_of(place / "configs") == Tree{{"a.yml", "A"}, {"c/d/e", ""}});
  CHECK(place.names() == std::vector<std::string>{"configs"});

  CHECK(replace_tree(place.run, "configs", {}));
  CHECK(tree_of(place / "configs").empty());
  CHECK_FALSE(replace_tree(place.run, "configs", {}));
  CHECK_FALSE(replace_tree(place.run, "other/folder", {}));
  CHECK_FALSE(fs::exists(place / "other"));
  CHECK(replace_tree(place.run, "deep/in/here", Files{{"x", "y"}}));
  CHECK(tree_of(place / "deep") == Tree{{"in/here/x", "y"}});
}

TEST_CASE("an unchanged file keeps its inode and its times", "[store]") {
  Place place;
  place.run.has_links = GENERATE(true, false);
  replace_tree(place.run, "t", Files{{"same", "same"}, {"sub/same", "too"}, {"other", "1"}});
  const auto same = status_of(place / "t/same"), sub = status_of(place / "t/sub/same");
  const auto other = status_of(place / "t/other");
  CHECK(replace_tree(place.run, "t", Files{{"same", "same"}, {"sub/same", "too"}, {"other", "2"}}));
  for (const auto& [path, before] : {std::pair{"t/same", same}, std::pair{"t/sub/same", sub}}) {
    const auto now = status_of(place / path);
    CHECK(now.st_ino == before.st_ino);
    CHECK(now.st_mtim.tv_sec == before.st_mtim.tv_sec);
    CHECK(now.st_mtim.tv_nsec == before.st_mtim.tv_nsec);
    CHECK(now.st_nlink == 1);
  }
  CHECK(status_of(place / "t/other").st_ino != other.st_ino);
}

TEST_CASE("modes do not depend on the umask", "[store]") {
  Place place;
  const auto mask = GENERATE(as<mode_t>(), 000, 022, 077);
  const mode_t before = ::umask(mask);
  replace_tree(place.run, "t", Files{{"a", "a"}, {"sub/b", "b", 0644}, {"c", "c", 0777}});
  write_tree_file(place.run, {"single", "x", 0640});
  ::umask(before);
  const auto mode = [&](const std::string& path) {
    return status_of(place / path).st_mode & 07777;
  };
  CHECK(mode("") == 0700);
  CHECK(mode("t") == 0755);
  CHECK(mode("t/sub") == 0755);
  CHECK(mode("t/a") == 0600);
  CHECK(mode("t/sub/b") == 0644);
  CHECK(mode("t/c") == 0777);
  CHECK(mode("single") == 0640);
  SECTION("a mode that changes is a change") {
    CHECK(replace_tree(place.run, "t",
                       Files{{"a", "a", 0640}, {"sub/b", "b", 0644}, {"c", "c", 0777}}));
    CHECK(mode("t/a") == 0640);
    CHECK(write_tree_file(place.run, {"single", "x", 0600}));
    CHECK(mode("single") == 0600);
  }
}

TEST_CASE("each change is told once, by path", "[store]") {
  Place place;
  replace_tree(place.run, "t", Files{{"gone", "old"}, {"same", "s"}, {"up", "1"}});
  using Told = std::vector<std::tuple<std::string, FileChange, std::string, std::string>>;
  const Told expected{{"gone", FileChange::deleted, "old", ""},
                      {"new", FileChange::created, "", "n"},
                      {"same", FileChange::unchanged, "s", "s"},
                      {"up", FileChange::updated, "1", "2"}};
  const bool look = GENERATE(true, false);
  Told told;
  const OnChange tell = [&](const std::string& path, FileChange change, std::string_view before,
                            std::string_view after) {
    told.emplace_back(path, change, before, after);
  };
  CHECK(replace_tree(place.run, "t", Files{{"up", "2"}, {"same", "s"}, {"new", "n"}}, look, tell));
  CHECK(told == expected);
  CHECK(fs::exists(place / "t/gone") == look);
}

TEST_CASE("who only looks writes nothing", "[store]") {
  Place place;
  CHECK(replace_tree(place.run, "t", Files{{"a", "a"}}, true));
  CHECK_FALSE(replace_tree(place.run, "t", {}, true));
  CHECK(write_tree_file(place.run, {"a", "a"}, true));
  CHECK_FALSE(fs::exists(place.run.folder));
  replace_tree(place.run, "t", Files{{"a", "a"}});
  CHECK_FALSE(replace_tree(place.run, "t", Files{{"a", "a"}}, true));
}

TEST_CASE("what leaves the run folder is refused in full", "[store]") {
  Place place;
  const std::string paths[] = {"",
                               ".",
                               "..",
                               "../x",
                               "/etc",
                               "a/../b",
                               "a//b",
                               "a/",
                               "./a",
                               "a/..",
                               "/",
                               "x/../../y",
                               std::string("a\0b", 3),
                               std::string(5000, 'x')};
  for (const std::string& path : paths) {
    INFO("'" << path << "'");
    CHECK(failure_of([&] { replace_tree(place.run, path, Files{{"a", "a"}}); }).code == "H0604");
    CHECK(failure_of([&] { replace_tree(place.run, "t", Files{{path, "a"}}); }).code == "H0604");
    CHECK(failure_of([&] {
            replace_tree(place.run, path, Files{{"a", "a"}}, true);
          }).code == "H0604");
    CHECK(failure_of([&] { write_tree_file(place.run, {path, "a"}); }).code == "H0604");
    CHECK(failure_of([&] { remove_tree(place.run, path); }).code == "H0604");
  }
  CHECK_FALSE(fs::exists(place.run.folder));
  const auto failure = failure_of([&] { write_tree_file(place.run, {"../x", "a"}); });
  CHECK(failure.message == "the path '../x' does not stay in var/run");
  CHECK(failure.hint ==
        "write a path beneath var/run, without '..', empty parts or a '/' at either end");
}

TEST_CASE("planted links are refused", "[store]") {
  Place place;
  place.run.walk = GENERATE(Walk::kernel, Walk::stepwise);
  const fs::path outside = place.temporary.path / "outside";
  fs::create_directories(outside);
  std::ofstream(outside / "file") << "precious";
  fs::create_directories(place.run.folder);
  fs::create_symlink(outside, place / "link");
  fs::create_symlink(outside / "file", place / "file");
  const auto denied = [](const auto& work) { return failure_of(work).code == "H0604"; };
  CHECK(denied([&] { replace_tree(place.run, "link", Files{{"a", "a"}}); }));
  CHECK(denied([&] { replace_tree(place.run, "link/in", Files{{"a", "a"}}); }));
  CHECK(denied([&] { replace_tree(place.run, "link", Files{{"a", "a"}}, true); }));
  CHECK(denied([&] { write_tree_file(place.run, {"link/a", "a"}); }));
  CHECK(denied([&] { write_tree_file(place.run, {"file", "a"}); }));
  CHECK(denied([&] { remove_tree(place.run, "link/file"); }));
  CHECK(failure_of([&] {
          write_tree_file(place.run, {"link/a", "a"});
        }).message == "a symbolic link stands on the way to 'var/run/link/a'");
  CHECK(tree_of(outside) == Tree{{"file", "precious"}});
  CHECK(remove_tree(place.run, "link"));  // the link itself
  CHECK(fs::exists(outside / "file"));
}

TEST_CASE("links within an old tree go with it and are not followed", "[store]") {
  Place place;
  const fs::path outside = place.temporary.path / "outside";
  fs::create_directories(outside);
  std::ofstream(outside / "file") << "precious";
  replace_tree(place.run, "t", Files{{"a", "a"}});
  fs::create_symlink(outside, place / "t/folder");
  fs::create_symlink(outside / "file", place / "t/b");
  REQUIRE(::mkfifo((place / "t/pipe").c_str(), 0600) == 0);
  CHECK(replace_tree(place.run, "t", Files{{"a", "a"}, {"b", "precious"}, {"folder/x", "x"}}));
  CHECK(tree_of(place / "t") == Tree{{"a", "a"}, {"b", "precious"}, {"folder/x", "x"}});
  CHECK_FALSE(fs::is_symlink(place / "t/b"));
  CHECK(tree_of(outside) == Tree{{"file", "precious"}});
}

TEST_CASE("a run folder that is a link is refused", "[store]") {
  Place place;
  fs::create_directories(place.temporary.path / "var");
  fs::create_directories(place.temporary.path / "outside");
  fs::create_symlink("../outside", place.run.folder);
  const auto failure = failure_of([&] { write_tree_file(place.run, {"a", "a"}); });
  CHECK(failure.code == "H0604");
  CHECK(failure.message == "var/run is a symbolic link");
  CHECK(fs::is_empty(place.temporary.path / "outside"));
}

TEST_CASE("who swaps folders for links while a tree is replaced gets nothing outside", "[store]") {
  Place place;
  const fs::path outside = place.temporary.path / "outside";
  fs::create_directories(outside);
  std::ofstream(outside / "file") << "precious";
  fs::create_directories(place / "in/t");
  std::atomic<bool> is_over{false};
  std::thread racer([&] {
    const std::string folder = place / "in", tree = place / "in/t", aside = place / "aside";
    for (unsigned i = 0; !is_over; ++i) {
      const std::string& target = i % 2 ? folder : tree;
      ::rename(target.c_str(), aside.c_str());
      if (::symlink(outside.c_str(), target.c_str()) == 0) ::unlink(target.c_str());
      std::error_code ignored;
      if (::rename(aside.c_str(), target.c_str()) != 0) fs::remove_all(aside, ignored);
    }
  });
  std::size_t written = 0, refused = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  for (unsigned i = 0; std::chrono::steady_clock::now() < end; ++i) {
    const std::string text = std::to_string(i);
    try {
      replace_tree(place.run, "in/t", Files{{"file", text}, {"sub/file", text}});
      ++written;
    } catch (const harbor::report::Error&) {
      ++refused;
    }
  }
  is_over = true;
  racer.join();
  INFO(written << " written, " << refused << " refused");
  CHECK(tree_of(outside) == Tree{{"file", "precious"}});
  CHECK(written + refused > 10);
}

TEST_CASE("two files of one name are a failure", "[store]") {
  Place place;
  const auto failure = failure_of([&] {
    replace_tree(place.run, "t", Files{{"a/b", "1"}, {"c", "2"}, {"a/b", "3"}});
  });
  CHECK(failure.code == "H0705");
  CHECK(failure.message == "two files want to be 'var/run/t/a/b'");
  CHECK(failure_of([&] {
          replace_tree(place.run, "t", Files{{"a/b", "1"}, {"a", "2"}, {"a-c", "3"}});
        }).message == "two files want to be 'var/run/t/a'");
}

TEST_CASE("a file where a folder should be is a failure", "[store]") {
  Place place;
  write_tree_file(place.run, {"t", "a file"});
  CHECK(failure_of([&] { replace_tree(place.run, "t", Files{{"a", "a"}}); }).code == "H0706");
  CHECK(text_of(place / "t") == "a file");
  replace_tree(place.run, "u", Files{{"a", "a"}});
  CHECK(failure_of([&] {
          write_tree_file(place.run, {"u", "text"});
        }).message == "cannot write 'var/run/u': Is a directory");
}

TEST_CASE("single files are written and removed", "[store]") {
  Place place;
  CHECK(write_tree_file(place.run, {"a/b", "1"}));
  CHECK_FALSE(write_tree_file(place.run, {"a/b", "1"}));
  CHECK(write_tree_file(place.run, {"a/b", "2"}));
  CHECK(text_of(place / "a/b") == "2");
  CHECK(place.names("a") == std::vector<std::string>{"b"});
  CHECK(remove_tree(place.run, "a/b"));
  CHECK_FALSE(remove_tree(place.run, "a/b"));
  CHECK_FALSE(remove_tree(place.run, "no/such"));
  write_tree_file(place.run, {"a/b/c/d", "1"});
  CHECK(remove_tree(place.run, "a"));
  CHECK(place.names().empty());
}

TEST_CASE("killed at any moment, the tree is the old one or the new one", "[store]") {
  Place place;
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i)
    names.push_back("sub" + std::to_string(i % 4) + "/" + std::to_string(i));
  const std::string one(2000, '1'), two(2000, '2');
  const auto files = [&](const std::string& text) {
    Files all;
    for (const auto& name : names) all.push_back({name, text});
    return all;
  };
  replace_tree(place.run, "t", files(one));
  unsigned killed = 0;
  for (int i = 0; i < 60; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (int k = 0;; ++k) replace_tree(place.run, "t", files(k % 2 ? one : two));
    }
    ::usleep(static_cast<useconds_t>(200 + 397 * i));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    recover(place.run);
    const auto tree = tree_of(place / "t");
    REQUIRE(tree.size() == names.size());
    const std::string& first = tree.begin()->second;
    for (const auto& [name, text] : tree) REQUIRE(text == first);
    ++killed;
  }
  CHECK(killed == 60);
  replace_tree(place.run, "t", files("3"));
  CHECK(place.names() == std::vector<std::string>{"t"});
}

TEST_CASE("a full disk leaves the old tree", "[store]") {
  Place place;
  fs::create_directories(place.run.folder);
  if (::mount("none", place.run.folder.c_str(), "tmpfs", 0, "size=64k") != 0) {
    std::cout << "SKIPPED: only root may mount a small disk\n";
    return;
  }
  replace_tree(place.run, "t", Files{{"a", "1"}});
  const std::string large(100'000, 'x');
  const auto failure = failure_of([&] {
    replace_tree(place.run, "t", Files{{"a", "2"}, {"large", large}});
  });
  const auto single = failure_of([&] { write_tree_file(place.run, {"t/a", large}); });
  const auto tree = tree_of(place / "t");
  const auto names = place.names();
  ::umount(place.run.folder.c_str());
  CHECK(failure.code == "H0705");
  CHECK(failure.message == "cannot write 'var/run/t/large': No space left on device");
  CHECK(failure.hint ==
        "make room on its file system and run the command again; the old files are unchanged");
  CHECK(single.code == "H0705");
  CHECK(tree == Tree{{"a", "1"}});
  CHECK(names == std::vector<std::string>{"t"});
}

TEST_CASE("a thousand files are written at once", "[store]") {
  Place place;
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i)
    names.push_back("s" + std::to_string(i % 10) + "/" + std::to_string(i));
  const std::string text(2048, 'x');
  Files files;
  for (const auto& name : names) files.push_back({name, text});
  CHECK(replace_tree(place.run, "t", files));
  CHECK_FALSE(replace_tree(place.run, "t", files));
  CHECK(tree_of(place / "t").size() == 1000);
}

TEST_CASE("a folder keeps its inode, whatever changes in it", "[store]") {
  Place place;
  place.run.has_links = GENERATE(true, false);
  replace_tree(place.run, "web/config", Files{{"a", "1"}, {"sub/b", "1"}, {"gone", "1"}});
  const auto config = status_of(place / "web/config"), sub = status_of(place / "web/config/sub");
  CHECK(replace_tree(place.run, "web/config", Files{{"a", "2"}, {"sub/b", "2"}, {"new/c", "2"}}));
  CHECK(tree_of(place / "web/config") == Tree{{"a", "2"}, {"sub/b", "2"}, {"new/c", "2"}});
  CHECK(status_of(place / "web/config").st_ino == config.st_ino);
  CHECK(status_of(place / "web/config/sub").st_ino == sub.st_ino);
  CHECK(replace_tree(place.run, "web/config", {}));
  CHECK(status_of(place / "web/config").st_ino == config.st_ino);
}

TEST_CASE("a folder is open to whoever may read a file in it", "[store]") {
  Place place;
  const auto mode = [&](const std::string& path) {
    return status_of(place / path).st_mode & 07777;
  };
  replace_tree(place.run, "web/config",
               Files{{"all/a", "a", 0644}, {"group/b", "b", 0640}, {"own/c", "c", 0600}});
  CHECK(mode("") == 0700);
  CHECK(mode("web") == 0755);
  CHECK(mode("web/config") == 0755);
  CHECK(mode("web/config/all") == 0755);
  CHECK(mode("web/config/group") == 0750);
  CHECK(mode("web/config/own") == 0700);
  SECTION("a folder that several share stays as open as the most open of them") {
    replace_tree(place.run, "web/secret", Files{{"d", "d", 0600}});
    write_tree_file(place.run, {"web/own/e", "e", 0600});
    CHECK(mode("web") == 0755);
    CHECK(mode("web/secret") == 0700);
    CHECK(mode("web/own") == 0700);
  }
  SECTION("a tree follows its files") {
    replace_tree(place.run, "web/config", Files{{"own/c", "c", 0600}});
    CHECK(mode("web/config") == 0700);
  }
  SECTION("somebody's chmod is mended, which is no change of a file") {
    fs::permissions(place / "web/config", fs::perms(0700));
    CHECK_FALSE(replace_tree(place.run, "web/config",
                             Files{{"all/a", "a", 0644}, {"group/b", "b", 0640}, {"own/c", "c"}}));
    CHECK(mode("web/config") == 0755);
  }
}

TEST_CASE("a file is given to another user, who can get to it", "[store]") {
  if (::geteuid() != 0) return;
  Place place;
  const auto write = [&](std::optional<uid_t> owner) {
    TreeFile file{"sub/token", "t", 0600, owner};
    return replace_tree(place.run, "web", std::span(&file, 1));
  };
  CHECK(write(0));
  CHECK((status_of(place / "web/sub").st_mode & 0777U) == 0700);
  CHECK(write(4711));
  CHECK(status_of(place / "web/sub/token").st_uid == 4711);
  CHECK((status_of(place / "web/sub/token").st_mode & 0777U) == 0600);
  CHECK((status_of(place / "web").st_mode & 0777U) == 0755);
  CHECK((status_of(place / "web/sub").st_mode & 0777U) == 0755);
  CHECK_FALSE(write(4711));
  CHECK_FALSE(write(std::nullopt));  // one that cannot give files away leaves them
  CHECK(write(0));
  CHECK(status_of(place / "web/sub/token").st_uid == 0);
  CHECK((status_of(place / "web/sub").st_mode & 0777U) == 0700);
}
