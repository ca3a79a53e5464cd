#include "store/var_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <iostream>

#include "failure_of.hpp"
#include "temporary_folder.hpp"

using harbor::store::require_own;
namespace fs = std::filesystem;

TEST_CASE("a folder for state that is its owner's alone is taken", "[store]") {
  const test::TemporaryFolder project;
  const fs::path var = project.path / "var";
  CHECK_NOTHROW(require_own(var));
  fs::create_directories(var / "runs");
  fs::permissions(var, fs::perms(GENERATE(0700, 0755)));
  CHECK_NOTHROW(require_own(var));
}

TEST_CASE("a folder for state that others may write in is refused", "[store]") {
  const test::TemporaryFolder project;
  const fs::path var = project.path / "var";
  fs::create_directories(var);
  fs::permissions(var, fs::perms(GENERATE(0770, 0702, 0777)));
  const auto failure = test::failure_of([&] { require_own(var); });
  CHECK(failure.code == "H0605");
  CHECK(failure.exit == harbor::ExitStatus::denied);
  CHECK(failure.message == "'" + var.string() + "' can be written by others");
  CHECK(failure.hint == "chmod go-w '" + var.string() + "'");
}

TEST_CASE("a folder for state of somebody else is refused", "[store]") {
  const test::TemporaryFolder project;
  const fs::path var = project.path / "var";
  fs::create_directories(var);
  if (::chown(var.c_str(), 4711, 4711) != 0) {
    std::cout << "SKIPPED: only root may give a folder away\n";
    return;
  }
  CHECK(test::failure_of([&] { require_own(var); }).message ==
        "'" + var.string() + "' belongs to user 4711");
  SECTION("but not when the project is theirs") {
    REQUIRE(::chown(project.path.c_str(), 4711, 4711) == 0);
    CHECK_NOTHROW(require_own(var));
  }
}

TEST_CASE("a link in the place of a folder for state is refused", "[store]") {
  const test::TemporaryFolder project;
  const fs::path var = project.path / "var";
  const std::string name = GENERATE("runs", "state");
  fs::create_directories(var);
  fs::create_symlink(project.path, var / name);
  const auto failure = test::failure_of([&] { require_own(var); });
  CHECK(failure.code == "H0605");
  CHECK(failure.message == "'" + (var / name).string() + "' is a symbolic link");
}
