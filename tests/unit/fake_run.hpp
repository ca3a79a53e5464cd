// Runs plans whose actions are functions of the test: no pack, no process, no clock of them is
// real.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "plan/plan_json.hpp"
#include "run/run.hpp"

namespace test {

inline harbor_str text(std::string_view view) { return {view.data(), view.size()}; }

/// Time that passes only when a run waits.
struct FakeTime {
  std::mutex mutex;
  harbor::process::Clock::time_point at{std::chrono::hours(1)};
  std::vector<std::chrono::milliseconds> pauses;
  std::function<void()> on_pause = [] {};

  harbor::process::Time seam() {
    return {[this] {
              const std::lock_guard guard(mutex);
              return at;
            },
            [this](std::chrono::milliseconds time, const harbor::process::Cancellation& stop) {
              on_pause();
              if (stop.state() != harbor::process::Cancellation::State::none) return false;
              pass(time);
              const std::lock_guard guard(mutex);
              pauses.push_back(time);
              return true;
            }};
  }
  void pass(std::chrono::milliseconds time) {
    const std::lock_guard guard(mutex);
    at += time;
  }
};

/// Keeps what it is told.
struct FakeObserver : harbor::report::Observer {
  std::vector<harbor::report::Event> events;
  bool traces = false;
  void on_event(const harbor::report::Event& event) override { events.push_back(event); }
  [[nodiscard]] bool wants_trace() const override { return traces; }
  [[nodiscard]] std::vector<harbor::report::Event> of(harbor::report::EventKind kind) const {
    std::vector<harbor::report::Event> all;
    std::copy_if(events.begin(), events.end(), std::back_inserter(all),
                 [&](const harbor::report::Event& event) { return event.kind == kind; });
    return all;
  }
};

/// An action; set `effects` and the rest before the run.
struct FakeAction {
  std::function<harbor_status(harbor_call*)> body;
  std::uint64_t effects = HARBOR_FX_EXEC | HARBOR_FX_WRITE_HOST | HARBOR_FX_WRITE_WORKSPACE;
  harbor_action table{};
};

/// A run of steps in the stage `deploy`, in an order that is planned. Each test case that has one
/// runs twice: with the plan as it is, and with the plan written as JSON and read again.
class FakeRun {
 public:
  FakeRun() : is_read_back_(GENERATE(false, true)) {
    plan.command = "deploy";
    plan.sources.push_back({});
    plan.request = nlohmann::json::object();
  }
  /// One step, `one`, whose action, `act`, does what `body` says.
  explicit FakeRun(std::function<harbor_status(harbor_call*)> body) : FakeRun() {
    action("act").body = std::move(body);
    step("one", "act");
  }

  FakeAction& action(const std::string& name) { return actions_[name]; }

  /// A step that runs once those before it in `after` have ended.
  harbor::plan::PlannedStep& step(const std::string& id, const std::string& action_name,
                                  std::vector<std::size_t> after = {},
                                  const std::string& stage = "deploy") {
    harbor::plan::PlannedStep step;
    step.id = id;
    step.stage = stage;
    step.action = action_name;
    step.pack = "org.example";
    step.writes = true;
    step.after = std::move(after);
    if (std::find(plan.stages.begin(), plan.stages.end(), stage) == plan.stages.end())
      plan.stages.push_back(stage);
    plan.steps.push_back(std::move(step));
    return plan.steps.back();
  }

  harbor::run::RunReport run() {
    using namespace harbor;
    const auto registry = make_registry();
    plan::Catalog catalog(registry, {});
    secret::Vault vault;
    host::Services services;
    services.vault = &vault;
    services.cancellation = &cancellation;
    services.run_process = run_process;
    services.time = time.seam();
    run::Machinery machinery;
    machinery.services = &services;
    machinery.load = [this](const plugin::Pack&, std::string_view name,
                            const report::Trace&) -> const harbor_action& {
      return actions_.find(std::string(name))->second.table;
    };
    machinery.observer = &observer;
    machinery.catalog = &catalog;
    machinery.end_process = end_process;
    if (is_read_back_) plan = plan::from_json(nlohmann::json::parse(to_json(plan).dump()));
    return run::run(plan, options, machinery);
  }

  harbor::plan::Plan plan;
  harbor::run::RunOptions options{
      .run_id = "run", .workspace = "/nowhere", .run_dir = "/nowhere/var/run"};
  harbor::host::ProcessRunner run_process;
  harbor::process::Cancellation cancellation;
  std::function<void(harbor::ExitStatus)> end_process = [](harbor::ExitStatus) {};
  FakeTime time;
  FakeObserver observer;

 private:
  harbor::plugin::Registry make_registry() {
    harbor::plugin::Pack pack;
    pack.id = "org.example";
    for (auto& [name, action] : actions_) {
      harbor::plugin::ActionInfo info;
      info.name = name;
      info.input_schema = R"({"additionalProperties": true})";
      info.output_schema = info.input_schema;
      info.effects = action.effects;
      pack.actions.push_back(info);
      action.table.struct_size = sizeof action.table;
      action.table.effects = action.effects;
      action.table.user = &action.body;
      action.table.execute = [](harbor_call* call) {
        return (*static_cast<const std::function<harbor_status(harbor_call*)>*>(
            call->action->user))(call);
      };
    }
    std::vector<harbor::plugin::Pack> packs;
    packs.push_back(std::move(pack));
    return harbor::plugin::Registry(std::move(packs), {});
  }

  bool is_read_back_;
  std::map<std::string, FakeAction> actions_;
};

}  // namespace test
