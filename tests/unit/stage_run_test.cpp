#include "run/stage_run.hpp"

#include <catch2/catch.hpp>
#include <condition_variable>

#include "fake_run.hpp"

using namespace harbor;
using report::Outcome;
using test::FakeRun;
using test::text;

namespace {

std::string id_of(const harbor_call* call) { return {call->step_id.ptr, call->step_id.len}; }
std::string input_of(const harbor_call* call) { return {call->input.ptr, call->input.len}; }

document::Value list_of(const std::vector<std::string>& words) {
  document::Value list;
  list.kind = document::Kind::sequence;
  for (const auto& word : words) {
    document::Value item;
    item.kind = document::Kind::string;
    item.text = word;
    list.items.push_back(std::move(item));
  }
  return list;
}

document::Value text_of(const std::string& words) {
  document::Value value;
  value.kind = document::Kind::string;
  value.text = words;
  return value;
}

/// Steps that write down when they start; those of `bad` fail.
struct Diary {
  explicit Diary(std::vector<std::string> bad = {}) : failing(std::move(bad)) {
    run.action("act").body = [this](harbor_call* call) {
      const std::lock_guard guard(mutex);
      started.push_back(id_of(call));
      inputs.push_back(input_of(call));
      const bool fails = std::find(failing.begin(), failing.end(), id_of(call)) != failing.end();
      return fails ? HARBOR_E_FAILED : HARBOR_OK;
    };
  }
  [[nodiscard]] std::vector<Outcome> outcomes(const run::RunReport& report) const {
    std::vector<Outcome> all;
    for (const auto& step : report.steps) all.push_back(step.outcome);
    return all;
  }

  FakeRun run;
  std::vector<std::string> failing;
  std::mutex mutex;
  std::vector<std::string> started, inputs;
};

using Outcomes = std::vector<Outcome>;
using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a step starts once all that it waits for have ended", "[run]") {
  for (const unsigned jobs : {1U, 4U}) {
    Diary diary;
    diary.run.options.jobs = jobs;
    diary.run.step("left", "act");
    diary.run.step("right", "act");
    diary.run.step("both", "act", {0, 1});
    diary.run.step("last", "act", {2});
    CHECK(diary.run.run().outcome == Outcome::success);
    REQUIRE(diary.started.size() == 4);
    CHECK(Words{diary.started[2], diary.started[3]} == Words{"both", "last"});
  }
}

TEST_CASE("steps that wait for nothing run at the same time, as many as there are jobs", "[run]") {
  FakeRun fake;
  fake.options.jobs = 3;
  std::mutex mutex;
  std::condition_variable changed;
  unsigned inside = 0, most = 0;
  fake.action("act").body = [&](harbor_call*) {
    std::unique_lock lock(mutex);
    most = std::max(most, ++inside);
    changed.notify_all();
    // Who comes first stays until all three are in: steps one after another would never end.
    changed.wait(lock, [&] { return most == 3; });
    --inside;
    return HARBOR_OK;
  };
  for (const char* id : {"a", "b", "c", "d", "e"}) fake.step(id, "act");
  CHECK(fake.run().outcome == Outcome::success);
  CHECK(most == 3);
}

TEST_CASE("a failure blocks what depends on it, and all later stages", "[run]") {
  Diary diary({"one"});
  diary.run.step("one", "act");
  diary.run.step("two", "act", {0});
  diary.run.step("aside", "act");
  diary.run.step("later", "act", {}, "post_deploy");
  const auto report = diary.run.run();
  CHECK(diary.outcomes(report) ==
        Outcomes{Outcome::failure, Outcome::blocked, Outcome::success, Outcome::blocked});
  CHECK(report.outcome == Outcome::failure);
}

TEST_CASE("a failure that is continued on blocks nothing and is told as a warning", "[run]") {
  Diary diary({"one"});
  diary.run.step("one", "act").continue_on_error = true;
  diary.run.step("two", "act", {0});
  const auto report = diary.run.run();
  CHECK(diary.outcomes(report) == Outcomes{Outcome::failure, Outcome::success});
  CHECK(report.exit() == ExitStatus::done);
  for (const auto& told : report.diagnostics) CHECK(told.severity == report::Severity::warning);
}

TEST_CASE("what goes missing is warned of at once, and the command goes on", "[run]") {
  Diary diary({"env"});
  auto& step = diary.run.step("env", "act", {}, "prepare");
  step.continue_on_error = true;
  step.otherwise = "less is hidden";
  diary.run.step("logs", "act", {}, "command");
  const auto report = diary.run.run();
  CHECK(report.exit() == ExitStatus::done);
  const auto logs = diary.run.observer.of(report::EventKind::step_log);
  REQUIRE(logs.size() == 1);
  CHECK(logs[0].text == "less is hidden");
  CHECK(logs[0].level == HARBOR_LOG_WARN);
  CHECK(logs[0].step == "env");
}

TEST_CASE("what was cancelled starts nothing more", "[run]") {
  FakeRun fake;
  fake.options.jobs = 1;
  fake.action("act").body = [&](harbor_call*) {
    fake.cancellation.request(process::Cancellation::State::graceful);
    return HARBOR_OK;
  };
  fake.step("one", "act");
  fake.step("two", "act", {0});
  const auto report = fake.run();
  CHECK(report.steps[0].outcome == Outcome::success);
  CHECK(report.steps[1].outcome == Outcome::cancelled);
  CHECK(report.exit() == ExitStatus::interrupted);
}

TEST_CASE("a wait between two attempts ends when the run is cancelled", "[run]") {
  FakeRun fake([](harbor_call*) { return HARBOR_E_RETRYABLE; });
  fake.plan.steps[0].retry = {5, std::chrono::seconds(1)};
  fake.time.on_pause = [&] { fake.cancellation.request(process::Cancellation::State::graceful); };
  const auto report = fake.run();
  CHECK(report.steps[0].outcome == Outcome::cancelled);
  CHECK(report.steps[0].attempts == 1);
}

TEST_CASE("forEach runs a step for each item and gathers the outputs in their order", "[run]") {
  Diary diary;
  auto& step = diary.run.step("each", "act");
  step.for_each = list_of({"a", "b", "c"});
  step.open.push_back({"name", text_of("${item}")});
  diary.run.action("act").body = [](harbor_call* call) {
    return call->host->emit_output(call, call->input);
  };
  const auto report = diary.run.run();
  CHECK(report.steps[0].outcome == Outcome::success);
  CHECK(report.steps[0].output ==
        nlohmann::json::parse(R"({"results":[{"name":"a"},{"name":"b"},{"name":"c"}]})"));
}

TEST_CASE("one item that fails is the outcome of its step, and the others run", "[run]") {
  Diary diary({"each[1]"});
  diary.run.step("each", "act").for_each = list_of({"a", "b", "c"});
  const auto report = diary.run.run();
  CHECK(report.steps[0].outcome == Outcome::failure);
  std::sort(diary.started.begin(), diary.started.end());
  CHECK(diary.started == Words{"each[0]", "each[1]", "each[2]"});
}

TEST_CASE("a step whose condition does not hold is skipped, and blocks nothing", "[run]") {
  Diary diary;
  diary.run.step("one", "act").when = text_of("1 == 2");
  diary.run.step("two", "act", {0});
  const auto report = diary.run.run();
  CHECK(diary.outcomes(report) == Outcomes{Outcome::skipped, Outcome::success});
  CHECK(diary.started == Words{"two"});
}

TEST_CASE("a later step sees what an earlier one put out", "[run]") {
  Diary diary;
  diary.run.action("make").body = [](harbor_call* call) {
    return call->host->emit_output(call, text(R"({"port": 8080})"));
  };
  diary.run.step("one", "make");
  diary.run.step("two", "act", {0}).open.push_back({"to", text_of("${steps.one.port}")});
  const auto report = diary.run.run();
  for (const auto& told : report.diagnostics) UNSCOPED_INFO(told.code << " " << told.message);
  CHECK(report.outcome == Outcome::success);
  CHECK(diary.inputs == Words{R"({"to":8080})"});
}
