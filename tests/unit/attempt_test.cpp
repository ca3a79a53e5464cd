// What one attempt at a step may ask back: time, hooks, other actions.
#include <catch2/catch.hpp>
#include <condition_variable>

#include "fake_run.hpp"
#include "report/code_run.hpp"

using namespace harbor;
using namespace std::chrono_literals;
using report::Outcome;
using test::FakeRun;
using test::text;

namespace {

harbor_status invoke(harbor_call* call, std::string_view action, std::string_view input) {
  harbor_str output{};
  return call->host->invoke(call, text(action), text(input), &output);
}

plan::PlannedHook hook_of(FakeRun& fake, const std::string& point, const std::string& action) {
  plan::PlannedHook hook;
  hook.point = point;
  hook.steps.push_back(fake.step("hook." + point, action));
  fake.plan.steps.pop_back();
  return hook;
}

}  // namespace

TEST_CASE("a step has its deadline, or the default one", "[run]") {
  std::vector<std::int64_t> deadlines;
  FakeRun fake([&](harbor_call* call) {
    deadlines.push_back(call->deadline_ms);
    return HARBOR_OK;
  });
  fake.plan.steps[0].timeout = 30s;
  fake.step("two", "act", {0});
  CHECK(fake.run().outcome == Outcome::success);
  const std::int64_t now = std::chrono::milliseconds(1h).count();
  CHECK(deadlines == std::vector<std::int64_t>{now + 30'000, now + 600'000});
}

TEST_CASE("a step that does not stop is ended with the process, and told", "[run]") {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<ExitStatus> ended;
  FakeRun fake([&](harbor_call*) {
    std::unique_lock lock(mutex);
    fake.time.pass(1h);
    changed.wait(lock, [&] { return ended.has_value(); });
    return HARBOR_OK;
  });
  fake.plan.steps[0].timeout = 30s;
  fake.end_process = [&](ExitStatus status) {
    const std::lock_guard guard(mutex);
    ended = status;
    changed.notify_all();
  };
  (void)fake.run();
  CHECK(ended == ExitStatus::timeout);
  const auto told = fake.observer.of(report::EventKind::run_finished);
  REQUIRE(!told.empty());
  CHECK(told.front().outcome == Outcome::timeout);
  CHECK(told.front().diagnostics.at(0).code == report::code::step_does_not_stop);
}

TEST_CASE("a hook runs where an action raises its point, with what that hands over", "[run]") {
  std::vector<std::string> seen;
  FakeRun fake([&](harbor_call* call) {
    seen.emplace_back("before");
    const auto status = call->host->raise_hook(call, text("pre_start"), text(R"({"name":"web"})"));
    seen.emplace_back("after");
    return status;
  });
  fake.action("say").body = [&](harbor_call* call) {
    seen.emplace_back(call->input.ptr, call->input.len);
    return HARBOR_OK;
  };
  auto hook = hook_of(fake, "pre_start", "say");
  document::Value name;
  name.kind = document::Kind::string;
  name.text = "${hook.name}";
  hook.steps[0].open.push_back({"service", name});
  fake.plan.hooks.push_back(std::move(hook));
  CHECK(fake.run().outcome == Outcome::success);
  CHECK(seen == std::vector<std::string>{"before", R"({"service":"web"})", "after"});
}

TEST_CASE("a hook that fails is a failure of who raised it, unless it is continued on", "[run]") {
  for (const bool continues : {false, true}) {
    FakeRun fake([](harbor_call* call) {
      return call->host->raise_hook(call, text("pre_start"), text("{}"));
    });
    fake.action("say").body = [](harbor_call*) { return HARBOR_E_FAILED; };
    auto hook = hook_of(fake, "pre_start", "say");
    hook.steps[0].continue_on_error = continues;
    fake.plan.hooks.push_back(std::move(hook));
    CHECK(fake.run().outcome == (continues ? Outcome::success : Outcome::failure));
  }
}

TEST_CASE("hooks that raise themselves come to an end", "[run]") {
  FakeRun fake(
      [](harbor_call* call) { return call->host->raise_hook(call, text("again"), text("{}")); });
  fake.plan.hooks.push_back(hook_of(fake, "again", "act"));
  CHECK(fake.run().outcome == Outcome::failure);
}

TEST_CASE("an action without write effects may not have another write for it", "[run]") {
  bool has_written = false;
  FakeRun fake([](harbor_call* call) { return invoke(call, "write", "{}"); });
  fake.plan.steps[0].writes = false;
  fake.action("act").effects = 0;
  fake.action("write").body = [&](harbor_call*) {
    has_written = true;
    return HARBOR_OK;
  };
  const auto report = fake.run();
  CHECK(report.outcome == Outcome::failure);
  REQUIRE(!report.diagnostics.empty());
  CHECK(report.diagnostics[0].message == "act has no write effects and invokes write, which has");
  CHECK_FALSE(has_written);
}

TEST_CASE("actions that invoke themselves come to an end", "[run]") {
  unsigned depth = 0;
  FakeRun fake([&](harbor_call* call) {
    ++depth;
    return invoke(call, "act", "{}");
  });
  CHECK(fake.run().outcome == Outcome::failure);
  CHECK(depth == 17);
}
