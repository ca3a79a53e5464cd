#include "project_file.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>

namespace fs = std::filesystem;
using namespace harbor::project_file;

namespace {

struct Folder {
  fs::path path;

  Folder() {
    std::string name = (fs::temp_directory_path() / "harbor-file-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const fs::path& file, const std::string& text) const {
    fs::create_directories((path / file).parent_path());
    std::ofstream(path / file) << text;
  }
};

int error_of(const fs::path& file, std::size_t limit = 100) {
  try {
    (void)read(file, limit);
  } catch (const std::system_error& error) {
    return error.code().value();
  }
  return 0;
}

}  // namespace

TEST_CASE("a path that climbs or is absolute is not inside", "[library]") {
  CHECK(is_inside("etc/sys.env"));
  CHECK(is_inside("a/.b..c"));
  CHECK_FALSE(is_inside(""));
  CHECK_FALSE(is_inside("/etc/passwd"));
  CHECK_FALSE(is_inside("../x"));
  CHECK_FALSE(is_inside("a/../x"));
}

TEST_CASE("a pattern gives what is there, a name itself", "[library]") {
  const Folder folder;
  folder.write("b.env", "");
  folder.write("B.env", "");
  folder.write("a/c.env", "");
  CHECK(matching(folder.path, "*.env") == std::vector<std::string>{"B.env", "b.env"});
  CHECK(matching(folder.path, "*/*.env") == std::vector<std::string>{"a/c.env"});
  CHECK(matching(folder.path, "gone.env") == std::vector<std::string>{"gone.env"});
  CHECK(matching(folder.path, "*.gone").empty());
}

TEST_CASE("a plain file is read whole, and says whose it is", "[library]") {
  const Folder folder;
  folder.write("a", std::string(100, 'x'));
  ::chmod((folder.path / "a").c_str(), 0640);
  const auto file = read(folder.path / "a", 100);
  REQUIRE(file);
  CHECK(file->text == std::string(100, 'x'));
  CHECK(file->mode == 0640);
  CHECK(file->is_own);
  CHECK_FALSE(read(folder.path / "gone", 100));
  CHECK_FALSE(read(folder.path / "a/gone", 100));
}

TEST_CASE("what is too large or no plain file is an error", "[library]") {
  const Folder folder;
  folder.write("a", std::string(101, 'x'));
  CHECK(error_of(folder.path / "a") == EFBIG);
  CHECK(error_of(folder.path) == EISDIR);
  REQUIRE(::mkfifo((folder.path / "fifo").c_str(), 0600) == 0);
  CHECK(error_of(folder.path / "fifo") == EINVAL);
}

TEST_CASE("a file of the project is reached by no link that leads out", "[library]") {
  const Folder outside, folder;
  outside.write("secret", "stolen");
  folder.write("etc/real", "own");
  const auto link = [&](const fs::path& to, const char* name) {
    fs::create_symlink(to, folder.path / name);
    try {
      const auto file = read_inside(folder.path, name, 100);
      return file ? file->text : "(none)";
    } catch (const std::system_error& error) {
      return std::to_string(error.code().value());
    }
  };
  CHECK(link("etc/real", "inner") == "own");
  CHECK(link("etc/../inner", "twice") == "own");
  CHECK(link("etc/gone", "dangling") == "(none)");
  CHECK(link(outside.path / "secret", "absolute") == std::to_string(EXDEV));
  CHECK(link(".." / outside.path.filename() / "secret", "climbing") == std::to_string(EXDEV));
  CHECK(link("loop", "loop") == std::to_string(ELOOP));
  fs::create_directory_symlink(outside.path, folder.path / "folder");
  CHECK_THROWS_AS(read_inside(folder.path, "folder/secret", 100), std::system_error);
  CHECK(read_inside(folder.path, "etc/real", 100)->text == "own");
  CHECK_FALSE(read_inside(folder.path, "etc/real/x", 100));
}

TEST_CASE("a folder that cannot be looked into is not empty", "[library]") {
  const Folder folder;
  folder.write("a/x.env", "");
  folder.write("a/.x.env", "");
  fs::create_symlink("loop", folder.path / "loop");
  CHECK(matching(folder.path, "a/*") == std::vector<std::string>{"a/x.env"});
  CHECK(matching(folder.path, "gone/*").empty());
  CHECK(matching(folder.path, "a/x.env/*").empty());
  CHECK(matching(folder.path, "*").size() == 2);
  CHECK_THROWS_AS(matching(folder.path, "loop/*"), std::system_error);
  CHECK_THROWS_AS(matching(folder.path, "*/x.env"), std::system_error);
}
