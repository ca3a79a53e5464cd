#include "run/execution.hpp"

#include <harbor/files.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "fake_run.hpp"
#include "temporary_folder.hpp"

using namespace harbor;
using report::Outcome;
using test::FakeRun;
using test::text;

namespace {

namespace fs = std::filesystem;

/// Writes `content` to `file` of the run folder.
harbor_status write_file(harbor_call* call, std::string_view file, std::string_view content) {
  const auto& files =
      *static_cast<const harbor_files*>(call->host->extension(call->host, text(HARBOR_FILES_ID)));
  const harbor_part part{text(content), {}};
  harbor_output_file output{};
  output.path = text(file);
  output.parts = &part;
  output.part_count = 1;
  return files.write(call, &output, 0);
}

std::string content_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A stage in which `first` writes two files and `second` ends as it is told.
struct Stage {
  explicit Stage(std::string_view name, harbor_status end) {
    run.options.workspace = folder.path;
    run.options.run_dir = folder.path / "var/run";
    run.action("write").body = [](harbor_call* call) {
      const auto first = write_file(call, "web/a.conf", "new a");
      return first > HARBOR_OK ? first : write_file(call, "b.conf", "new b");
    };
    run.action("end").body = [end](harbor_call*) { return end; };
    run.step("first", "write", {}, std::string(name));
    run.step("second", "end", {0}, std::string(name));
  }
  [[nodiscard]] fs::path file(const char* name) const { return folder.path / "var/run" / name; }

  test::TemporaryFolder folder;
  FakeRun run;
};

}  // namespace

TEST_CASE("the files of a stage are there once all of its steps have succeeded", "[run]") {
  Stage stage("prepare", HARBOR_OK);
  bool is_early = true;
  stage.run.action("end").body = [&](harbor_call*) {
    is_early = fs::exists(stage.file("b.conf"));
    return HARBOR_OK;
  };
  CHECK(stage.run.run().outcome == Outcome::success);
  CHECK_FALSE(is_early);
  CHECK(content_of(stage.file("web/a.conf")) == "new a");
  CHECK(content_of(stage.file("b.conf")) == "new b");
}

TEST_CASE("a stage that fails, or is cancelled, leaves the files as they were", "[run]") {
  for (const auto end : {HARBOR_E_FAILED, HARBOR_E_CANCELLED}) {
    Stage stage("prepare", end);
    fs::create_directories(stage.file("web"));
    std::ofstream(stage.file("web/a.conf")) << "old a";
    CHECK(stage.run.run().outcome != Outcome::success);
    CHECK(content_of(stage.file("web/a.conf")) == "old a");
    CHECK_FALSE(fs::exists(stage.file("b.conf")));
    CHECK_FALSE(fs::exists(stage.file(".change")));
  }
}

TEST_CASE("a step that fails keeps none of its own files where others go on", "[run]") {
  Stage stage("prepare", HARBOR_OK);
  stage.run.plan.steps[1].continue_on_error = true;
  stage.run.action("end").body = [](harbor_call* call) {
    (void)write_file(call, "half.conf", "half");
    return HARBOR_E_FAILED;
  };
  CHECK(stage.run.run().exit() == ExitStatus::done);
  CHECK(content_of(stage.file("b.conf")) == "new b");
  CHECK_FALSE(fs::exists(stage.file("half.conf")));
}

TEST_CASE("what a step of a later stage wrote is there at once", "[run]") {
  Stage stage("deploy", HARBOR_E_FAILED);
  CHECK(stage.run.run().outcome == Outcome::failure);
  CHECK(content_of(stage.file("b.conf")) == "new b");
}
