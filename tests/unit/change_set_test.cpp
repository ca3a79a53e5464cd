#include "store/change_set.hpp"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iostream>

#include "failure_of.hpp"
#include "report/diagnostic.hpp"
#include "run_place.hpp"
#include "store/commit.hpp"
#include "store/run_tree.hpp"

using namespace harbor::store;
using namespace harbor::system;
namespace fs = std::filesystem;
using test::failure_of;
using test::Place;
using test::status_of;
using test::text_of;
using test::tree_of;
using Files = std::vector<TreeFile>;
using Tree = std::map<std::string, std::string>;

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
