// harbor/testing/host.hpp - a fake host with every power: script it, run operations on it, look at
// what they did.
#pragma once

#include <harbor/plugin.h>
#include <harbor/testing/bench.hpp>
#include <harbor/testing/digest.hpp>
#include <harbor/testing/environment.hpp>
#include <harbor/testing/file.hpp>
#include <harbor/testing/invoke.hpp>
#include <harbor/testing/report.hpp>
#include <harbor/testing/secret.hpp>
#include <harbor/testing/spawn.hpp>
#include <harbor/testing/trial.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

namespace harbor::testing {

/// One fake host. The records of all runs pile up.
class Host : public Reports,
             public Processes,
             public Secrets,
             public Invocations,
             public Environment,
             public Digests,
             public Trials,
             public Files {
 public:
  // What the calls say of themselves.
  std::string workspace = "/workspace", run_dir = "/workspace/var/run";
  std::string run_id = "run-1", step_id = "step-1";
  std::uint32_t attempt = 1;

  /// Calls get this deadline; a negative one has passed.
  void deadline_in(std::chrono::milliseconds time) { deadline_ = time, has_deadline_ = true; }

  /// Runs one operation. Throws Misuse when the pack broke a rule or something was not scripted.
  /// The input is not checked against the schema: pass what the engine would, with defaults filled
  /// in.
  Result run(const harbor_action& action, const json& input = json::object(),
             std::uint32_t op = HARBOR_OP_EXECUTE);
  Result plan(const harbor_action& action, const json& input = json::object()) {
    return run(action, input, HARBOR_OP_PLAN);
  }
  /// What `harbor check` asks; `is_partial`: with artifacts missing that the input takes.
  Result check(const harbor_action& action, const json& input = json::object(),
               bool is_partial = false) {
    flags_ = HARBOR_CALL_CHECK | (is_partial ? HARBOR_CALL_PARTIAL : 0u);
    Result result = run(action, input, HARBOR_OP_VALIDATE);
    flags_ = 0;
    return result;
  }

 private:
  static harbor_op operation(const harbor_action& action, std::uint32_t op) noexcept;
  void perform(harbor_op function, harbor_call& call);
  void check_plan();

  std::chrono::milliseconds deadline_{};
  bool has_deadline_ = false;
  std::uint32_t flags_ = 0;
};

inline harbor_op Host::operation(const harbor_action& action, std::uint32_t op) noexcept {
  switch (op) {
    case HARBOR_OP_VALIDATE:
      return action.validate;
    case HARBOR_OP_PLAN:
      return action.plan;
    case HARBOR_OP_EXECUTE:
      return action.execute;
    case HARBOR_OP_UNDO:
      return action.undo;
    case HARBOR_OP_STATUS:
      return action.status;
    default:
      return nullptr;
  }
}

inline Result Host::run(const harbor_action& action, const json& input, std::uint32_t op) {
  const std::string name = detail::text(action.name);
  const harbor_op function = operation(action, op);
  if (function == nullptr) throw Misuse(name + " has no operation " + std::to_string(op));

  const detail::Bytes input_text(input.dump());
  const detail::Bytes state_text(state.is_null() ? std::string() : state.dump());
  const detail::Bytes folder(workspace), scratch(run_dir), run(run_id), step(step_id);
  harbor_call call{};
  call.struct_size = sizeof call;
  call.op = op;
  call.attempt = attempt;
  call.flags = flags_;
  call.host = &table_.raw;
  call.action = &action;
  call.input = input_text.view();
  call.state = state_text.view();
  call.run_id = run.view();
  call.step_id = step.view();
  call.workspace = folder.view();
  call.run_dir = scratch.view();
  if (has_deadline_) {
    const auto until = std::chrono::steady_clock::now() + deadline_;
    call.deadline_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(until.time_since_epoch()).count();
  }
  call.opaque = static_cast<Bench*>(this);
  perform(function, call);
  if (op == HARBOR_OP_PLAN && result_.ok()) check_plan();
  if (result_.status < HARBOR_UNCHANGED || result_.status > HARBOR_E_IO) {
    misused("returned the unknown " + name_of(result_.status));
  }
  if (!misuses_.empty()) {
    std::string text = name + ":";
    for (const std::string& misuse : misuses_) text += "\n  " + misuse;
    throw Misuse(text);
  }
  return result_;
}

/// Calls the pack; what the call was lent ends with it.
inline void Host::perform(harbor_op function, harbor_call& call) {
  call_ = &call;
  result_ = {};
  calls_ = 0;
  misuses_.clear();
  result_.status = function(&call);
  call_ = nullptr;
  arena_.clear();
  blocks_.clear();
}

inline void Host::check_plan() {
  const json changes =
      result_.output.is_object() ? result_.output.value("changes", json()) : json();
  if (!changes.is_array()) return misused("plan needs an output {\"changes\": [...]}");
  for (const json& change : changes) {
    static constexpr const char* ops[] = {"create", "update", "delete", "run"};
    const std::string op = change.is_object() ? change.value("op", "") : "";
    if (std::find(std::begin(ops), std::end(ops), op) == std::end(ops) ||
        !change.contains("target")) {
      misused("no change: " + change.dump());
    }
  }
}

}  // namespace harbor::testing
