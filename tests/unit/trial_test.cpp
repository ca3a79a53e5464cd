#include "run/trial.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "host/trial_table.hpp"
#include "operation.hpp"
#include "temporary_folder.hpp"

namespace fs = std::filesystem;
using harbor::host::StageTrial;
using harbor::process::Completion;

namespace {

harbor_str str(std::string_view text) { return {text.data(), text.size()}; }

/// A host whose stage is what the test says.
struct Trial {
  test::TemporaryFolder workspace;
  test::Operation operation{workspace.path};
  std::vector<StageTrial> asked;
  std::string seen;  ///< by `look`: the folder of the copy and what was printed
  Completion end;

  Trial() {
    operation.effects = HARBOR_FX_EXEC | HARBOR_FX_READ_WORKSPACE;
    operation.services.environment = {{"A", "1"}, {"B", "2"}};
    operation.services.try_stage = [this](const StageTrial& trial, const auto&) {
      asked.push_back(trial);
      std::ifstream in(trial.folder + "/planted.env");
      std::getline(in, end.out);
      return end;
    };
    end.exit_code = 65;
  }

  harbor::host::CallResult run(const std::string& reference) {
    return operation.run([&](harbor_call* call) {
      const harbor_part parts[] = {{str("TOKEN="), {}}, {{}, str(reference)}};
      const harbor_output_file file{str("planted.env"), parts, 2, 0, 0};
      const harbor_var variable{str("B"), {str("made-up"), {}}};
      harbor_trial_run request{};
      request.struct_size = sizeof request;
      request.stage = str("prepare");
      request.request = str(R"({"site": "lab"})");
      request.files = &file;
      request.file_count = 1;
      request.env = &variable;
      request.env_count = 1;
      request.user = this;
      request.look = [](void* user, const harbor_trial_result* result) {
        const std::string folder(result->folder.ptr, result->folder.len);
        static_cast<Trial*>(user)->seen = std::to_string(result->exit_status) + " " +
                                          std::string(result->out.ptr, result->out.len) + " " +
                                          (fs::exists(folder) ? "there" : "gone");
      };
      return test::table<harbor_trial>(call, HARBOR_TRIAL_ID).run(call, &request);
    });
  }
};

}  // namespace

TEST_CASE("a stage is tried on a copy, which is gone afterwards", "[host]") {
  Trial trial;
  const auto reference = trial.operation.vault.put("TOKEN", "made-up-token");
  CHECK(trial.run(reference).status == HARBOR_OK);
  CHECK(trial.seen == "65 TOKEN=made-up-token there");
  REQUIRE(trial.asked.size() == 1);
  const StageTrial& asked = trial.asked.front();
  CHECK(asked.stage == "prepare");
  CHECK(asked.request == nlohmann::json{{"site", "lab"}});
  CHECK(asked.environment.at("A") == "1");
  CHECK(asked.environment.at("B") == "made-up");
  CHECK_FALSE(fs::exists(fs::path(asked.folder).parent_path()));
  CHECK(fs::is_empty(trial.workspace.path));
}

TEST_CASE("a trial that is refused or fails leaves no copy", "[host]") {
  Trial trial;
  const auto reference = trial.operation.vault.put("TOKEN", "made-up-token");
  CHECK(trial.run("vault:nobody").status == HARBOR_E_DENIED);
  CHECK(trial.asked.empty());
  trial.end.how = harbor::process::Ended::timed_out;
  CHECK(trial.run(reference).status == HARBOR_E_TIMEOUT);
  trial.end.how = harbor::process::Ended::cancelled;
  CHECK(trial.run(reference).status == HARBOR_E_CANCELLED);
  trial.end.how = harbor::process::Ended::not_started;
  CHECK(trial.run(reference).status == HARBOR_E_FAILED);
  CHECK(trial.seen.empty());
  for (const StageTrial& asked : trial.asked)
    CHECK_FALSE(fs::exists(fs::path(asked.folder).parent_path()));
}

TEST_CASE("a trial needs the declared effects, an operation that executes, and a host that can",
          "[host]") {
  Trial trial;
  const auto reference = trial.operation.vault.put("TOKEN", "made-up-token");
  trial.operation.setup.op = HARBOR_OP_PLAN;
  CHECK(trial.run(reference).status == HARBOR_E_DENIED);
  trial.operation.setup.op = HARBOR_OP_EXECUTE;
  trial.operation.effects = HARBOR_FX_EXEC;
  CHECK(trial.run(reference).status == HARBOR_E_DENIED);
  trial.operation.effects = HARBOR_FX_EXEC | HARBOR_FX_READ_WORKSPACE;
  trial.operation.services.try_stage = {};
  CHECK(trial.run(reference).status == HARBOR_E_UNSUPPORTED);
  CHECK(trial.asked.empty());
}

TEST_CASE("a trial is a run of Harbor for what was asked", "[run]") {
  StageTrial trial;
  trial.stage = "prepare";
  trial.folder = "/copy/project";
  trial.events = "/copy/events";
  trial.environment = {{"A", "1"}};
  trial.request = {
      {"services", {"web", "db"}}, {"options", {"gpu"}}, {"profile", "p"}, {"site", "lab"}};
  const auto command = harbor::run::trial_command("/bin/harbor", trial);
  CHECK(command.argv == std::vector<std::string>{"/bin/harbor", "--project", "/copy/project", "run",
                                                 "prepare", "--verbose", "--events", "/copy/events",
                                                 "--profile", "p", "--site", "lab", "--option",
                                                 "gpu", "web", "db"});
  CHECK(command.folder == "/copy/project");
  CHECK(command.environment == std::vector<std::pair<std::string, std::string>>{{"A", "1"}});
}
