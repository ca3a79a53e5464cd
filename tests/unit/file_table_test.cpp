#include "host/file_table.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "operation.hpp"
#include "temporary_folder.hpp"

using namespace std::string_literals;
namespace fs = std::filesystem;

namespace {

harbor_str str(std::string_view text) { return {text.data(), text.size()}; }
std::string text(harbor_str view) { return view.len ? std::string(view.ptr, view.len) : ""; }

std::string content(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream(file).rdbuf();
  return out.str();
}

/// A file of one text, or of a text and a secret.
struct File {
  std::string path, plain, secret;
  std::uint32_t mode = 0;
};

/// Calls the table with C++ values.
struct Writer {
  test::TemporaryFolder folder;
  test::Operation operation{folder.path};
  std::vector<std::string> told;

  Writer() { operation.effects = HARBOR_FX_WRITE_WORKSPACE; }
  fs::path operator/(const std::string& path) const { return folder.path / "var/run" / path; }

  harbor::host::CallResult tree(const std::string& into, const std::vector<File>& files,
                                std::uint32_t flags = 0) {
    return operation.run([&](harbor_call* call) {
      std::vector<std::vector<harbor_part>> parts;
      for (const File& file : files) {
        parts.push_back({{str(file.plain), {}}});
        if (!file.secret.empty()) parts.back().push_back({{}, str(file.secret)});
      }
      std::vector<harbor_output_file> raw;
      for (std::size_t i = 0; i < files.size(); ++i)
        raw.push_back({str(files[i].path), parts[i].data(), parts[i].size(), files[i].mode, 0});
      return test::table<harbor_files>(call, HARBOR_FILES_ID)
          .replace_tree(call, str(into), raw.data(), raw.size(), flags, tell, this);
    });
  }

  harbor::host::CallResult write(const File& file, std::uint32_t flags = 0) {
    return operation.run([&](harbor_call* call) {
      const harbor_part part{str(file.plain), {}};
      const harbor_output_file raw{str(file.path), &part, 1, file.mode, 0};
      return test::table<harbor_files>(call, HARBOR_FILES_ID).write(call, &raw, flags);
    });
  }

  harbor::host::CallResult write_new(const std::string& into, const std::vector<File>& files,
                                     std::uint32_t flags = 0) {
    return operation.run([&](harbor_call* call) {
      std::vector<harbor_part> parts;
      for (const File& file : files) parts.push_back({str(file.plain), str(file.secret)});
      std::vector<harbor_output_file> raw;
      for (std::size_t i = 0; i < files.size(); ++i)
        raw.push_back({str(files[i].path), &parts[i], 1, files[i].mode, 0});
      return test::table<harbor_files>(call, HARBOR_FILES_ID)
          .write_new(call, str(into), raw.data(), raw.size(), flags);
    });
  }

  harbor::host::CallResult remove(const std::string& path) {
    return operation.run([&](harbor_call* call) {
      return test::table<harbor_files>(call, HARBOR_FILES_ID).remove(call, str(path));
    });
  }

 private:
  static void tell(void* user, harbor_str path, std::uint32_t change, harbor_str before,
                   harbor_str after) {
    static_cast<Writer*>(user)->told.push_back(text(path) + " " + std::to_string(change) + " '" +
                                               text(before) + "' '" + text(after) + "'");
  }
};

std::string said(const harbor::host::CallResult& result) {
  REQUIRE(result.failures.size() == 1);
  const auto& failure = result.failures.front();
  return failure.code + ": " + failure.message + "; " + failure.hint;
}

}  // namespace

TEST_CASE("the host gives out its tables by their ids", "[host]") {
  const auto& host = harbor::host::host_table();
  CHECK(host.extension(&host, str(HARBOR_FILES_ID)) == &harbor::host::file_table());
  CHECK(host.extension(&host, str("harbor.interpolation.v1")) != nullptr);
  CHECK(host.extension(&host, str("harbor.files.v2")) == nullptr);
  CHECK(host.extension(&host, {}) == nullptr);
}

TEST_CASE("a pack writes a tree with secrets in it", "[host]") {
  Writer writer;
  const auto token = writer.operation.vault.put("TOKEN", "swordfish");
  const std::vector<File> files{{"web/a.yml", "token: ", token, 0}, {"b.yml", "plain", "", 0644}};
  CHECK(writer.tree("configs", files).status == HARBOR_OK);
  CHECK(content(writer / "configs/web/a.yml") == "token: swordfish");
  struct stat status {};
  REQUIRE(::stat((writer / "configs/web/a.yml").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  REQUIRE(::stat((writer / "configs/b.yml").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0644);
  CHECK(writer.told ==
        std::vector<std::string>{"b.yml 1 '' 'plain'", "web/a.yml 1 '' 'token: ******'"});
  writer.told.clear();
  CHECK(writer.tree("configs", files).status == HARBOR_UNCHANGED);
  CHECK(writer.told == std::vector<std::string>{"b.yml 0 'plain' 'plain'",
                                                "web/a.yml 0 'token: ******' 'token: ******'"});
}

TEST_CASE("what a pack is told is masked and valid UTF-8", "[host]") {
  Writer writer;
  CHECK(writer.tree("t", {{"a", "old swordfish \xFF", "", 0}}).status == HARBOR_OK);
  (void)writer.operation.vault.put("TOKEN", "swordfish");
  writer.told.clear();
  CHECK(writer.tree("t", {{"swordfish", "x", "", 0}}).status == HARBOR_OK);
  CHECK(writer.told ==
        std::vector<std::string>{"a 3 'old ****** \xEF\xBF\xBD' ''", "****** 1 '' 'x'"});
}

TEST_CASE("a plan may look and may not write", "[host]") {
  Writer writer;
  writer.operation.setup.op =
      GENERATE(as<std::uint32_t>(), HARBOR_OP_PLAN, HARBOR_OP_VALIDATE, HARBOR_OP_STATUS);
  CHECK(writer.tree("t", {{"a", "a", "", 0}}, HARBOR_FILES_LOOK).status == HARBOR_OK);
  CHECK(writer.told == std::vector<std::string>{"a 1 '' 'a'"});
  CHECK(writer.write({"a", "a", "", 0}, HARBOR_FILES_LOOK).status == HARBOR_OK);
  CHECK_FALSE(fs::exists(writer.folder.path / "var"));
  const auto refused = writer.tree("t", {{"a", "a", "", 0}});
  CHECK(refused.status == HARBOR_E_DENIED);
  CHECK(said(refused) ==
        "H0505: the action writes files while it may only look; while planning, the pack must pass "
        "HARBOR_FILES_LOOK");
  CHECK(writer.write({"a", "a", "", 0}).status == HARBOR_E_DENIED);
  CHECK(writer.remove("a").status == HARBOR_E_DENIED);
  CHECK_FALSE(fs::exists(writer.folder.path / "var"));
}

TEST_CASE("an action that does not declare it writes nothing", "[host]") {
  Writer writer;
  writer.operation.effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_SECRETS | HARBOR_FX_EXEC;
  const auto refused = writer.tree("t", {{"a", "a", "", 0}});
  CHECK(refused.status == HARBOR_E_DENIED);
  CHECK(said(refused) ==
        "H0505: the action writes files without declaring the effect; the pack must declare "
        "HARBOR_FX_WRITE_WORKSPACE for it");
  CHECK(writer.write({"a", "a", "", 0}).status == HARBOR_E_DENIED);
  CHECK(writer.remove("a").status == HARBOR_E_DENIED);
  CHECK(writer.tree("t", {{"a", "a", "", 0}}, HARBOR_FILES_LOOK).status == HARBOR_OK);
  CHECK_FALSE(fs::exists(writer.folder.path / "var"));
}

TEST_CASE("an unknown secret is refused before anything is written", "[host]") {
  Writer writer;
  const auto refused = writer.tree("t", {{"a", "a", "", 0}, {"b", "b", "s:made-up", 0}});
  CHECK(refused.status == HARBOR_E_DENIED);
  CHECK(said(refused) ==
        "H0601: a file needs a secret that does not exist; references are valid in the run that "
        "made them");
  CHECK_FALSE(fs::exists(writer.folder.path / "var"));
}

TEST_CASE("a path that leaves the run folder is refused", "[host]") {
  Writer writer;
  for (const std::string& path : {"../x"s, "/etc/x"s, "a/../../x"s, ""s, "."s, "a/"s, "a\0b"s}) {
    INFO(path);
    CHECK(writer.tree(path, {{"a", "a", "", 0}}).status == HARBOR_E_DENIED);
    CHECK(writer.tree("t", {{path, "a", "", 0}}).status == HARBOR_E_DENIED);
  }
  CHECK(said(writer.write({"../../etc/x", "a", "", 0})) ==
        "H0604: the path '../../etc/x' does not stay in var/run; write a path beneath var/run, "
        "without '..', empty parts or a '/' at either end");
  CHECK(writer.remove("..").status == HARBOR_E_DENIED);
}

TEST_CASE("a failing system is an I/O failure with its reason", "[host]") {
  Writer writer;
  CHECK(writer.write({"a", "a", "", 0}).status == HARBOR_OK);
  const auto failed = writer.write({"a/b", "b", "", 0});
  CHECK(failed.status == HARBOR_E_IO);
  CHECK(said(failed) ==
        "H0705: cannot write 'var/run/a/b': Not a directory; look at the owner and the mode of the "
        "folder; the old files are unchanged");
}

TEST_CASE("files are written, compared and removed", "[host]") {
  Writer writer;
  CHECK(writer.write({"x/.env.run", "A=1", "", 0}).status == HARBOR_OK);
  CHECK(writer.write({"x/.env.run", "A=1", "", 0}).status == HARBOR_UNCHANGED);
  CHECK(writer.write({"x/.env.run", "A=2", "", 0}, HARBOR_FILES_LOOK).status == HARBOR_OK);
  CHECK(content(writer / "x/.env.run") == "A=1");
  CHECK(writer.remove("x/.env.run").status == HARBOR_OK);
  CHECK(writer.remove("x/.env.run").status == HARBOR_UNCHANGED);
  CHECK(writer.remove("x").status == HARBOR_OK);
}

TEST_CASE("files for the user to keep are written into the folder that the user named", "[host]") {
  Writer writer;
  CHECK(writer.write_new("out/a", {{"compose.yml", "services: {}", ""}, {".env", "A=1", ""}})
            .status == HARBOR_OK);
  CHECK(content(writer.folder.path / "out/a/compose.yml") == "services: {}");
  CHECK(content(writer.folder.path / "out/a/.env") == "A=1");
}

TEST_CASE("a file that is there is never replaced, and nothing else is written then", "[host]") {
  Writer writer;
  REQUIRE(writer.write_new("out", {{"b", "old", ""}}).status == HARBOR_OK);
  const auto result = writer.write_new("out", {{"a", "new", ""}, {"b", "new", ""}});
  CHECK(result.status == HARBOR_E_INPUT);
  CHECK(said(result) == "H0803: '" + (writer.folder.path / "out/b").string() +
                            "' is already there; nothing was written; choose another folder");
  CHECK(content(writer.folder.path / "out/b") == "old");
  CHECK_FALSE(fs::exists(writer.folder.path / "out/a"));
  fs::create_symlink("nowhere", writer.folder.path / "out/c");
  CHECK(writer.write_new("out", {{"c", "new", ""}}).status == HARBOR_E_INPUT);
}

TEST_CASE("where one file cannot be written the others go again", "[host]") {
  Writer writer;
  fs::create_directories(writer.folder.path / "out");
  std::ofstream(writer.folder.path / "out/file") << "x";
  const auto result = writer.write_new("out", {{"a", "1", ""}, {"file/b", "2", ""}});
  CHECK(result.status == HARBOR_E_IO);
  CHECK_FALSE(fs::exists(writer.folder.path / "out/a"));
}

TEST_CASE("beneath the workspace no link leads files elsewhere", "[host]") {
  Writer writer;
  const test::TemporaryFolder elsewhere;
  fs::create_symlink(elsewhere.path, writer.folder.path / "out");
  CHECK(writer.write_new("out", {{"a", "1", ""}}).status == HARBOR_E_DENIED);
  CHECK(fs::is_empty(elsewhere.path));
  for (const char* folder : {"", "..", "a/../b", "a//b"})
    CHECK(writer.write_new(folder, {{"a", "1", ""}}).status == HARBOR_E_DENIED);
}

TEST_CASE("a folder outside of the project needs the declared effect", "[host]") {
  Writer writer;
  const test::TemporaryFolder elsewhere;
  const std::string folder = (elsewhere.path / "out").string();
  CHECK(said(writer.write_new(folder, {{"a", "1", ""}})).find("writes outside of the project") !=
        std::string::npos);
  writer.operation.effects |= HARBOR_FX_WRITE_HOST;
  CHECK(writer.write_new(folder, {{"a", "1", ""}}).status == HARBOR_OK);
  CHECK(content(elsewhere.path / "out/a") == "1");
}

TEST_CASE("no secret is written for the user to keep", "[host]") {
  Writer writer;
  const auto token = writer.operation.vault.put("TOKEN", "swordfish");
  CHECK(writer.write_new("out", {{"a", "", token}}).status == HARBOR_E_DENIED);
  CHECK_FALSE(fs::exists(writer.folder.path / "out"));
}

TEST_CASE("a look at files to keep writes none", "[host]") {
  Writer writer;
  writer.operation.effects = 0;
  CHECK(writer.write_new("out", {{"a", "1", ""}}, HARBOR_FILES_LOOK).status == HARBOR_OK);
  CHECK_FALSE(fs::exists(writer.folder.path / "out"));
}
