#include "store/scratch_copy.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "report/diagnostic.hpp"
#include "temporary_folder.hpp"

namespace fs = std::filesystem;
using harbor::store::ScratchCopy;

namespace {

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

std::string read(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a copy leaves out what no stage reads, and links stay links", "[store]") {
  const test::TemporaryFolder project, temporary;
  write(project.path / "etc/harbor.yaml", "version: 1\n");
  write(project.path / ".git/config", "x");
  write(project.path / "var/run/old", "x");
  write(project.path / "data/model.bin", std::string((std::size_t{8} << 20) + 1, 'x'));
  write(project.path / "deep/var/kept", "x");
  write(project.path / "real.env", "TOKEN=real\n");
  fs::create_symlink(project.path / "real.env", project.path / "link.env");
  fs::path root;
  {
    const ScratchCopy copy(project.path, temporary.path);
    root = copy.folder().parent_path();
    struct stat info {};
    REQUIRE(::stat(root.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777U) == 0700);
    CHECK(read(copy.folder() / "etc/harbor.yaml") == "version: 1\n");
    CHECK_FALSE(fs::exists(copy.folder() / ".git"));
    CHECK_FALSE(fs::exists(copy.folder() / "var"));
    CHECK_FALSE(fs::exists(copy.folder() / "data/model.bin"));
    CHECK(fs::exists(copy.folder() / "deep/var/kept"));
    CHECK(fs::is_symlink(copy.folder() / "link.env"));
    copy.write("link.env", "TOKEN=made-up\n", 0600);
    CHECK(read(copy.folder() / "link.env") == "TOKEN=made-up\n");
  }
  CHECK(read(project.path / "real.env") == "TOKEN=real\n");
  CHECK_FALSE(fs::exists(root));
}

TEST_CASE("nothing is written through a link or out of the copy", "[store]") {
  const test::TemporaryFolder project, temporary, elsewhere;
  fs::create_directory_symlink(elsewhere.path, project.path / "link");
  const ScratchCopy copy(project.path, temporary.path);
  CHECK_THROWS_AS(copy.write("../out", "x", 0600), harbor::report::Error);
  CHECK_THROWS_AS(copy.write("link/file", "x", 0600), harbor::report::Error);
  CHECK(fs::is_empty(elsewhere.path));
}

TEST_CASE("a copy that cannot be made says so and leaves nothing", "[store]") {
  const test::TemporaryFolder project;
  CHECK_THROWS_AS(ScratchCopy(project.path, "/nowhere"), harbor::report::Error);
}
