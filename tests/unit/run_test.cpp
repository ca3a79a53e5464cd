#include "run/run.hpp"

#include <catch2/catch.hpp>

#include "fake_run.hpp"

using namespace harbor;
using namespace std::chrono_literals;
using process::Clock;
using test::FakeRun;
using test::text;

namespace {

harbor_status spawn_tool(harbor_call* call) {
  const harbor_str argv[] = {HARBOR_LIT("/bin/tool"), HARBOR_LIT("up")};
  harbor_spawn spawn{};
  spawn.struct_size = sizeof spawn;
  spawn.argv = argv;
  spawn.argc = 2;
  harbor_spawn_result result{};
  result.struct_size = sizeof result;
  return call->host->spawn(call, &spawn, &result);
}

}  // namespace

TEST_CASE("a step is tried again after waits that double", "[run]") {
  int attempts = 0;
  FakeRun fake([&](harbor_call*) { return ++attempts < 4 ? HARBOR_E_RETRYABLE : HARBOR_OK; });
  fake.plan.steps[0].retry = {4, 2000ms};
  const auto report = fake.run();
  CHECK(report.outcome == report::Outcome::success);
  CHECK(report.steps.at(0).attempts == 4);
  CHECK(fake.time.pauses == std::vector<std::chrono::milliseconds>{2s, 4s, 8s});
  CHECK(report.elapsed == 14s);
  CHECK(fake.observer.events.front().kind == report::EventKind::run_started);
  CHECK(fake.observer.events.back().kind == report::EventKind::run_finished);
}

TEST_CASE("a process is started by the runner, with the deadline of its step", "[run]") {
  std::vector<process::Command> started;
  FakeRun fake(spawn_tool);
  fake.plan.steps[0].timeout = 30s;
  fake.run_process = [&](const process::Command& command, const process::Cancellation&) {
    started.push_back(command);
    process::Completion done;
    done.exit_code = 0;
    return done;
  };
  CHECK(fake.run().exit() == ExitStatus::done);
  REQUIRE(started.size() == 1);
  CHECK(started[0].argv == std::vector<std::string>{"/bin/tool", "up"});
  CHECK(started[0].deadline == Clock::time_point{1h + 30s});
}

TEST_CASE("a process is told of when it starts and when it ends, to who wants to know", "[run]") {
  for (const bool traces : {false, true}) {
    FakeRun fake(spawn_tool);
    fake.observer.traces = traces;
    fake.run_process = [&](const process::Command&, const process::Cancellation&) {
      fake.time.at += 2s;
      process::Completion done;
      done.exit_code = 3;
      return done;
    };
    CHECK(fake.run().exit() == ExitStatus::done);
    const auto told = fake.observer.of(report::EventKind::trace);
    REQUIRE(told.size() == (traces ? 2 : 0));
    if (!traces) continue;
    CHECK(told[0].topic == "process");
    CHECK(told[0].step == "one");
    CHECK(told[0].text == "starts /bin/tool");
    CHECK(told[0].fields["argv"] == nlohmann::json{"/bin/tool", "up"});
    CHECK(told[1].text == "/bin/tool ended");
    CHECK(told[1].fields["exit"] == 3);
    CHECK(told[1].fields["seconds"] == 2.0);
  }
}

TEST_CASE("what an action says is masked where it is told: lines, fields, failures", "[run]") {
  FakeRun fake([](harbor_call* call) {
    harbor_str reference{};
    call->host->put_secret(call, text("token"), text("hunter2"), &reference);
    call->host->log(call, HARBOR_LOG_INFO, text("it is hunter2"), text("{\"token\": \"hunter2\"}"));
    harbor_error error{};
    error.struct_size = sizeof error;
    error.code = text("acme.hunter2");
    error.message = text("hunter2 is refused");
    error.detail = text("{\"causes\": [\"hunter2 is old\"], \"sent\": \"hunter2\"}");
    return call->host->fail(call, HARBOR_E_FAILED, &error);
  });
  fake.action("act").effects |= HARBOR_FX_SECRETS;
  const auto report = fake.run();
  const auto lines = fake.observer.of(report::EventKind::step_log);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].text == "it is ******");
  CHECK(lines[0].fields == nlohmann::json{{"token", "******"}});
  REQUIRE(report.diagnostics.size() == 1);
  CHECK(report.diagnostics[0].code == "acme.******");
  CHECK(report.diagnostics[0].message == "****** is refused");
  CHECK(report.diagnostics[0].causes == std::vector<std::string>{"****** is old"});
  CHECK(report.diagnostics[0].detail == R"({"sent":"******"})");
  CHECK(fake.observer.of(report::EventKind::step_finished).at(0).diagnostics == report.diagnostics);
}
