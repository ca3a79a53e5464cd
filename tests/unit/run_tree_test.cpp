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
#include "store/commit.hpp"
#include "temporary_folder.hpp"

using namespace harbor::store;
using namespace harbor::system;
namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

struct stat status_of(const fs::path& file) {
  struct stat status {};
  REQUIRE(::lstat(file.c_str(), &status) == 0);
  return status;
}

/// The files beneath a folder and their content.
std::map<std::string, std::string> tree_of(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (!entry.is_directory())
      files.emplace(entry.path().lexically_relative(folder), text_of(entry.path()));
  return files;
}

/// A run folder of its own, as the kernel or as a poorer one has it.
struct Place {
  test::TemporaryFolder temporary;
  RunFolder run{temporary.path / "var/run", "var/run"};

  fs::path operator/(const std::string& path) const { return run.folder / path; }
  /// Nothing beside what belongs there.
  std::vector<std::string> names(const std::string& folder = ".") const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(run.folder / folder))
      all.push_back(entry.path().filename());
    std::sort(all.begin(), all.end());
    return all;
  }
};

using test::failure_of;
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

namespace {

/// Changes of several trees, of a single file and of a file that goes.
void change(const Place& place, ChangeSet& changes, const char* text) {
  replace_tree(place.run, "a", Files{{"x", text}, {"same", "s"}}, false, {}, &changes);
  replace_tree(place.run, "new/deep/b", Files{{"z", text}}, false, {}, &changes);
  replace_tree(place.run, "turned", Files{{"f/inner", text}, {"d", text}}, false, {}, &changes);
  write_tree_file(place.run, {"single", text}, false, &changes);
  write_tree_file(place.run, {"other/single", text}, false, &changes);
  remove_tree(place.run, "gone", &changes);
}

Tree changed(const std::string& text) {
  return {{"a/x", text},      {"a/same", "s"},  {"new/deep/b/z", text}, {"turned/f/inner", text},
          {"turned/d", text}, {"single", text}, {"other/single", text}};
}

/// What `change` starts from.
Tree start(const Place& place) {
  replace_tree(place.run, "a", Files{{"x", "1"}, {"same", "s"}});
  replace_tree(place.run, "gone", Files{{"y/z", "2"}});
  replace_tree(place.run, "turned", Files{{"f", "a file"}, {"d/inner", "a folder"}});
  write_tree_file(place.run, {"single", "3"});
  return tree_of(place.run.folder);
}

}  // namespace

TEST_CASE("changes happen together or not at all", "[store]") {
  Place place;
  place.run.has_links = GENERATE(true, false);
  const auto before = start(place);
  const auto names = place.names();
  const auto same = status_of(place / "a/same"), folder = status_of(place / "a");
  ChangeSet changes;
  change(place, changes, "first");
  change(place, changes, "second");
  auto staged = tree_of(place.run.folder);
  std::erase_if(staged, [](const auto& file) { return file.first.starts_with(".change/"); });
  CHECK(staged == before);
  SECTION("dropped") {
    changes.drop();
    CHECK(tree_of(place.run.folder) == before);
    CHECK(place.names() == names);
  }
  SECTION("committed") {
    CHECK(changes.commit().empty());
    CHECK(tree_of(place.run.folder) == changed("second"));
    CHECK(status_of(place / "a").st_ino == folder.st_ino);
    CHECK(status_of(place / "a/same").st_ino == same.st_ino);
    CHECK(status_of(place / "a/same").st_nlink == 1);
    CHECK_FALSE(fs::exists(place / ".change"));
    CHECK(changes.commit().empty());
    CHECK(tree_of(place.run.folder) == changed("second"));
  }
}

TEST_CASE("changes on top of others see them", "[store]") {
  Place place;
  start(place);
  ChangeSet stage;
  {
    ChangeSet step(&stage);
    change(place, step, "first");
    stage.append(step);
  }
  ChangeSet step(&stage);
  CHECK_FALSE(write_tree_file(place.run, {"single", "first"}, false, &step));
  CHECK_FALSE(replace_tree(place.run, "a", Files{{"x", "first"}, {"same", "s"}}, false, {}, &step));
  CHECK_FALSE(remove_tree(place.run, "gone", &step));
  CHECK(failure_of([&] {
          write_tree_file(place.run, {"single/x", "x"}, false, &step);
        }).code == "H0705");
  CHECK(write_tree_file(place.run, {"gone/again", "x"}, false, &step));
  CHECK(replace_tree(place.run, "turned", Files{{"d", "first"}}, false, {}, &step));
  CHECK(remove_tree(place.run, "new", &step));
  SECTION("taken over") {
    stage.append(step);
    CHECK(stage.commit().empty());
    CHECK(tree_of(place.run.folder) == Tree{{"a/x", "first"},
                                            {"a/same", "s"},
                                            {"gone/again", "x"},
                                            {"turned/d", "first"},
                                            {"single", "first"},
                                            {"other/single", "first"}});
    CHECK_FALSE(fs::exists(place / "new"));
  }
  SECTION("dropped: a step that failed leaves those of the others") {
    step.drop();
    CHECK(stage.commit().empty());
    CHECK(tree_of(place.run.folder) == changed("first"));
  }
  CHECK_FALSE(fs::exists(place / ".change"));
}

TEST_CASE("a call that fails stages nothing", "[store]") {
  Place place;
  const auto before = start(place);
  ChangeSet changes;
  fs::create_symlink("elsewhere", place / "link");
  CHECK(failure_of([&] {
          replace_tree(place.run, "link/t", Files{{"a", "a"}}, false, {}, &changes);
        }).code == "H0604");
  fs::remove(place / "link");
  CHECK(changes.commit().empty());
  CHECK(tree_of(place.run.folder) == before);
}

TEST_CASE("a step that fails takes back those before it", "[store]") {
  Place place;
  const auto before = start(place);
  ChangeSet changes;
  change(place, changes, "new");
  // In the way of the last file that is put into its place.
  fs::create_directories(place / "turned/d/inner-folder/x");
  fs::remove(place / "single");
  fs::create_directories(place / "single/x");
  const auto problems = changes.commit();
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].code == "H0705");
  CHECK(problems[0].message.starts_with("cannot write 'var/run/"));
  fs::remove_all(place / "single");
  fs::remove_all(place / "turned/d/inner-folder");
  auto now = tree_of(place.run.folder);
  now["single"] = "3";
  CHECK(now == before);
  CHECK_FALSE(fs::exists(place / ".change"));
}

TEST_CASE("a run folder that becomes a link is a failure, not the end of the process", "[store]") {
  Place place;
  start(place);
  const fs::path outside = place.temporary.path / "outside";
  ChangeSet changes;
  change(place, changes, "new");
  fs::rename(place.run.folder, outside);
  fs::create_symlink(outside, place.run.folder);
  const auto before = tree_of(outside);
  SECTION("when it is committed") {
    const auto problems = changes.commit();
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == "H0604");
    CHECK(problems[0].message == "var/run is a symbolic link");
  }
  SECTION("when it is dropped") { changes.drop(); }
  SECTION("when it is recovered, or removed") {
    CHECK(failure_of([&] { recover(place.run); }).code == "H0604");
    CHECK(remove_run_folder(place.run).front().code == "H0604");
  }
  CHECK(tree_of(outside) == before);
}

TEST_CASE("a record that is whole is carried out, any other goes", "[store]") {
  Place place;
  const auto before = start(place);
  fs::create_directories(place / ".change");
  std::ofstream(place / ".change/0123") << "new";
  ChangeRecord record;
  record.forward.put = {{"single", "0123"}, {"fresh/file", "4567"}};
  record.forward.folders = {{"fresh", 0755}};
  record.forward.remove = {"a/x"};
  std::string text = to_text(record);
  auto after = before;
  SECTION("whole: what was done already stays done") {
    after["single"] = "new";
    after.erase("a/x");
  }
  SECTION("going back") {
    record.back.emplace();
    record.back->put = {{"single", "0123"}};
    record.goes_back = true;
    text = to_text(record);
    after["single"] = "new";
  }
  SECTION("cut") { text.pop_back(); }
  SECTION("changed") { text[text.size() / 2] ^= 1; }
  SECTION("one that leads out of the folder") {
    record.forward.put[0].first = "../single";
    text = to_text(record);
  }
  std::ofstream(place / ".change/record") << text;
  recover(place.run);
  CHECK(tree_of(place.run.folder) == after);
  CHECK_FALSE(fs::exists(place / ".change"));
}

TEST_CASE("what was staged by a run that is gone is removed", "[store]") {
  Place place;
  recover(place.run);
  CHECK_FALSE(fs::exists(place.run.folder));
  const auto before = start(place);
  fs::create_directories(place / ".change/folder");
  std::ofstream(place / ".change/0123") << "secret";
  recover(place.run);
  CHECK(tree_of(place.run.folder) == before);
  CHECK_FALSE(fs::exists(place / ".change"));
}

TEST_CASE("the staging folder is nobody's to write in", "[store]") {
  Place place;
  const auto failure = failure_of([&] { write_tree_file(place.run, {".change/record", "x"}); });
  CHECK(failure.code == "H0604");
  CHECK(failure.message == "the path '.change/record' is Harbor's own");
}

TEST_CASE("all of the run folder can be removed", "[store]") {
  Place place;
  CHECK(remove_run_folder(place.run).empty());
  start(place);
  const fs::path outside = place.temporary.path / "outside";
  fs::create_directories(outside);
  std::ofstream(outside / "file") << "precious";
  fs::create_directories(place / "closed/empty");
  fs::create_symlink(outside, place / "closed/link");
  fs::permissions(place / "closed", fs::perms(0));
  CHECK(remove_run_folder(place.run).empty());
  CHECK_FALSE(fs::exists(place.run.folder));
  CHECK(tree_of(outside) == Tree{{"file", "precious"}});
}

TEST_CASE("what cannot be removed is told, and the rest goes", "[store]") {
  Place place;
  start(place);
  fs::create_directories(place / "busy");
  if (::mount("none", (place / "busy").c_str(), "tmpfs", 0, "size=64k") != 0) {
    std::cout << "SKIPPED: only root may mount something that cannot be removed\n";
    return;
  }
  const auto problems = remove_run_folder(place.run);
  ::umount((place / "busy").c_str());
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].code == "H0705");
  CHECK(problems[0].message == "cannot remove 'var/run/busy': Device or resource busy");
  CHECK(place.names() == std::vector<std::string>{"busy"});
}
