#include "plugin/trust.hpp"

#include <catch2/catch.hpp>

#include "zoo.hpp"

using namespace harbor::plugin;
using harbor::report::Diagnostic;
namespace fs = std::filesystem;

namespace {

const std::string restore =
    "restore it from version control, or delete it and trust the plugins again with harbor plugin "
    "trust FILE";

Diagnostic reading(const fs::path& file, const std::string& text) {
  zoo::write_bytes(file, text);
  return zoo::error_of([&] { (void)read_lock_file(file); });
}

}  // namespace

TEST_CASE("trusting a plugin pins its digest", "[plugin]") {
  const zoo::Folder project;
  const fs::path lock_file = project / "harbor.lock";
  zoo::put("zoo", project / "packs/zoo.so");
  const Trusted trusted = trust(project.path(), lock_file, "packs/zoo.so");
  CHECK(trusted.path == "packs/zoo.so");
  CHECK(trusted.id == "org.example.zoo");
  CHECK(trusted.version == "1.2.3");
  CHECK(trusted.sha256.size() == 64);
  CHECK(trusted.actions.size() == 9);
  const LockFile lock = read_lock_file(lock_file);
  REQUIRE(lock.plugins.contains("packs/zoo.so"));
  CHECK(lock.plugins.at("packs/zoo.so").sha256 == std::vector{trusted.sha256});
  CHECK(lock.plugins.at("packs/zoo.so").id == trusted.id);
  CHECK(lock.plugins.at("packs/zoo.so").version == trusted.version);
}

TEST_CASE("an absolute and a relative path, a link and its target are one entry", "[plugin]") {
  const zoo::Folder project;
  const fs::path lock_file = project / "harbor.lock";
  const fs::path file = zoo::put("zoo", project / "packs/zoo-1.2.so");
  fs::create_symlink("zoo-1.2.so", project / "packs/zoo.so");
  (void)trust(project.path(), lock_file, file);
  (void)trust(project.path(), lock_file, "packs/../packs/zoo.so");
  const LockFile lock = read_lock_file(lock_file);
  CHECK(lock.plugins.size() == 1);
  CHECK(lock.plugins.at("packs/zoo-1.2.so").sha256.size() == 1);
}

TEST_CASE("a pin of the same version stays, one of another version goes", "[plugin]") {
  const zoo::Folder project;
  const fs::path lock_file = project / "harbor.lock";
  zoo::put("zoo", project / "zoo.so");
  const std::string other(64, 'a');
  write_lock_file(lock_file, {{{"zoo.so", {{other}, "org.example.zoo", "1.2.3"}}}});
  const std::string own = trust(project.path(), lock_file, "zoo.so").sha256;
  CHECK(read_lock_file(lock_file).plugins.at("zoo.so").sha256 == std::vector{other, own});
  write_lock_file(lock_file, {{{"zoo.so", {{other}, "org.example.zoo", "1.0.0"}}}});
  (void)trust(project.path(), lock_file, "zoo.so");
  CHECK(read_lock_file(lock_file).plugins.at("zoo.so").sha256 == std::vector{own});
}

TEST_CASE("what cannot be loaded cannot be trusted", "[plugin]") {
  const zoo::Folder project;
  const fs::path lock_file = project / "harbor.lock";
  zoo::put("bad/null_entry", project / "zoo.so");
  const Diagnostic error = zoo::error_of([&] { (void)trust(project.path(), lock_file, "zoo.so"); });
  CHECK(error.code == "H0307");
  CHECK(error.message == "plugin 'zoo.so' refused to load: its entry point returned NULL");
  const Diagnostic missing =
      zoo::error_of([&] { (void)trust(project.path(), lock_file, "none.so"); });
  CHECK(missing.code == "H0316");
  CHECK(missing.message == "plugin 'none.so' does not exist");
  CHECK(missing.exit == harbor::ExitStatus::no_input);
  CHECK_FALSE(fs::exists(lock_file));
}

TEST_CASE("trust is taken back, also from a file that is gone", "[plugin]") {
  const zoo::Folder project;
  const fs::path lock_file = project / "harbor.lock";
  zoo::put("zoo", project / "zoo.so");
  CHECK_FALSE(untrust(project.path(), lock_file, "zoo.so"));
  CHECK_FALSE(fs::exists(lock_file));
  (void)trust(project.path(), lock_file, "zoo.so");
  fs::remove(project / "zoo.so");
  CHECK(untrust(project.path(), lock_file, "zoo.so"));
  CHECK(read_lock_file(lock_file).plugins.empty());
}

TEST_CASE("only pinned content is trusted", "[plugin]") {
  const std::string pinned(64, 'a');
  const std::string other(64, 'b');
  const LockFile lock{{{"packs/zoo.so", {{pinned}, "org.example.zoo", "1.2.3"}}}};
  CHECK_NOTHROW(check_trust(lock, "/p", "/p/packs/zoo.so", pinned));
  CHECK(zoo::refusal([&] { check_trust(lock, "/p", "/p/packs/zoo.so", other); }) ==
        Fault{"H0313",
              "changed since it was trusted: its SHA-256 is " + other + ", harbor.lock expects " +
                  pinned,
              "if you know why it changed, run: harbor plugin trust 'packs/zoo.so'; otherwise "
              "restore the file"});
  CHECK(zoo::refusal([&] { check_trust(lock, "/p", "/q/zoo.so", pinned); }) ==
        Fault{"H0312",
              "belongs to the project and is not trusted: harbor.lock has no entry '../q/zoo.so'",
              "if you know where it comes from, run: harbor plugin trust '../q/zoo.so'"});
}

TEST_CASE("no lock file is an empty one", "[plugin]") {
  const zoo::Folder project;
  CHECK(read_lock_file(project / "harbor.lock").plugins.empty());
}

TEST_CASE("a lock file that is no JSON is refused with the place", "[plugin]") {
  const zoo::Folder project;
  const fs::path file = project / "harbor.lock";
  const Diagnostic error = reading(file, "{\n  \"version\": 1,\n  oops\n}\n");
  CHECK(error.code == "H0320");
  CHECK(error.message == "'" + file.string() + "' cannot be read: it is not valid JSON");
  CHECK(error.hint == restore);
  CHECK(error.exit == harbor::ExitStatus::invalid);
  REQUIRE(error.labels.size() == 1);
  CHECK(error.labels[0].span == harbor::report::Span{file.string(), 3, 3, 1});
}

TEST_CASE("a lock file of another layout is refused", "[plugin]") {
  const zoo::Folder project;
  const fs::path file = project / "harbor.lock";
  const std::string start = "'" + file.string() + "' cannot be read: ";
  CHECK(reading(file, "[]").message == start + "it has no 'version'");
  CHECK(reading(file, R"({"version": 2, "plugins": {}})").message ==
        start + "it has version 2, this harbor reads version 1");
  CHECK(reading(file, R"({"version": 1})").message == start + "it has no object 'plugins'");
  CHECK(reading(file, R"({"version": 1, "plugins": {"a.so": {}}})").message ==
        start + "the entry 'a.so' has no list 'sha256'");
  CHECK(reading(file, R"({"version": 1, "plugins": {"a.so": {"sha256": ["AB"]}}})").message ==
        start + "the entry 'a.so' has the pin \"AB\", 64 lower-case hex digits expected");
}
