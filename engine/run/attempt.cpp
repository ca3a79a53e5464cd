// One attempt at a step: a call of its action, with everything that the action may ask back.
#include <algorithm>

#include "report/code_process.hpp"
#include "report/code_run.hpp"
#include "run/execution.hpp"
#include "run/outcome.hpp"
#include "run/report_mask.hpp"

namespace harbor::run {
using nlohmann::json;
using report::Outcome;

namespace {

// A bound for actions that invoke themselves, or hooks that raise themselves: no stack is endless.
constexpr unsigned max_depth = 16;

/// The result of an invocation that did not happen.
host::CallResult refused(harbor_status status, std::string_view code, std::string message,
                         std::string hint = {}) {
  host::CallResult out;
  out.status = status;
  host::Failure failure;
  failure.status = status;
  failure.code = code;
  failure.message = std::move(message);
  failure.hint = std::move(hint);
  out.failures.push_back(std::move(failure));
  return out;
}

/// An action that the action of `step` invokes, as a step in its place.
plan::PlannedStep nested_step(const plan::PlannedStep& step, const plan::ResolvedAction& action,
                              const json& input) {
  plan::PlannedStep nested;
  nested.id = step.id;
  nested.stage = step.stage;
  nested.action = action.info->name;
  nested.pack = action.pack->id;
  nested.fixed = input;
  action.input->fill_defaults(nested.fixed);
  nested.timeout = step.timeout;
  nested.mark = step.mark;
  nested.places = step.places;
  nested.writes = plan::may_write(action, nested);
  return nested;
}

harbor_op operation_of(const harbor_action& action, std::uint32_t op) {
  switch (op) {
    case HARBOR_OP_VALIDATE:
      return action.validate;
    case HARBOR_OP_PLAN:
      return action.plan;
    case HARBOR_OP_UNDO:
      return action.undo;
    case HARBOR_OP_STATUS:
      return action.status;
    default:
      return action.execute;
  }
}

}  // namespace

report::Diagnostic Execution::describe(const plan::PlannedStep& step,
                                       const host::Failure& failure) const {
  report::Diagnostic out;
  const auto* code = report::find_code(failure.code);
  out.code = failure.code.empty() ? std::string(report::code::silent_failure)
                                  : masked_code(machinery_.services->vault->masker(),
                                                machinery_.catalog->registry(), failure.code);
  out.message = failure.message;
  out.hint = failure.hint;
  out.exit = code ? code->exit : host::exit_of(failure.status);
  if (failure.warning) out.severity = report::Severity::warning;
  if (!failure.pointer.empty()) out.labels = plan_.labels(plan::mark_of(step, failure.pointer));
  out.labels.insert(out.labels.end(), failure.labels.begin(), failure.labels.end());
  out.causes = failure.causes;
  out.detail = failure.detail;
  if (out.labels.empty()) out.labels = plan_.labels(step.mark);
  return out;
}

host::CallResult Execution::invoke(const plan::PlannedStep& step, const Round& round,
                                   const std::string& action, const json& input) {
  const auto found = machinery_.catalog->find(action);
  if (!found.action)
    return refused(HARBOR_E_UNSUPPORTED, found.problem->code, found.problem->message,
                   found.problem->hint);
  if (round.depth + 1 > max_depth)
    return refused(HARBOR_E_UNSUPPORTED, report::code::broken_contract,
                   "actions invoke one another more than " + std::to_string(max_depth) + " deep");
  auto nested = nested_step(step, *found.action, input);
  if (const auto problems = found.action->input->check(nested.fixed); !problems.empty())
    return refused(HARBOR_E_INPUT, report::code::broken_contract,
                   "an invocation of " + action + " broke its schema: " + problems.front().message);
  // A run of steps without write effects has no lock, and is not recorded.
  if (nested.writes && !step.writes)
    return refused(HARBOR_E_DENIED, report::code::undeclared_effect,
                   step.action + " has no write effects and invokes " + action + ", which has",
                   "this is a bug in the pack " + step.pack +
                       ": it has to declare what the actions that it invokes may write");
  Round deeper = round;
  ++deeper.depth;
  const bool asks = asks_nested(nested, *found.action);
  auto result = attempt({nested, *found.action, deeper, nested.fixed, asks});
  // Nothing was called in a pack that cannot be loaded.
  if (result.call.failures.empty())
    for (const auto& diagnostic : result.diagnostics)
      result.call.failures.push_back(
          refused(result.call.status, diagnostic.code, diagnostic.message, diagnostic.hint)
              .failures.front());
  return std::move(result.call);
}

harbor_status Execution::raise_hook(const Round& round, const std::string& point,
                                    const json& payload) {
  const auto hook = std::find_if(plan_.hooks.begin(), plan_.hooks.end(),
                                 [&](const plan::PlannedHook& h) { return h.point == point; });
  if (hook == plan_.hooks.end()) return HARBOR_OK;
  if (round.depth + 1 > max_depth) return HARBOR_E_UNSUPPORTED;
  for (const plan::PlannedStep& step : hook->steps) {
    Round inner;
    inner.hook = &payload;
    inner.depth = round.depth + 1;
    report::Event started;
    started.kind = report::EventKind::step_started;
    tell(started, &step);
    const auto begin = now();
    const auto result = this->round(step, inner);
    report::Event finished;
    finished.kind = report::EventKind::step_finished;
    finished.outcome = result.outcome;
    finished.elapsed = now() - begin;
    finished.diagnostics = result.diagnostics;
    tell(std::move(finished), &step);
    if (!is_good(result.outcome) && !step.continue_on_error) return HARBOR_E_FAILED;
  }
  return HARBOR_OK;
}

void Execution::add_events(const plan::PlannedStep& step, host::CallSetup& setup) {
  const auto event = [id = setup.step_id](report::EventKind kind) {
    report::Event out;
    out.kind = kind;
    out.step = id;
    return out;
  };
  setup.log = [this, &step, event](int level, std::string text, json fields) {
    auto out = event(report::EventKind::step_log);
    out.level = level;
    out.text = std::move(text);
    out.fields = std::move(fields);
    recorder_.log(step, out);
    tell(std::move(out), &step);
  };
  setup.progress = [this, &step, event](double fraction, std::string text) {
    auto out = event(report::EventKind::step_progress);
    out.fraction = fraction;
    out.text = std::move(text);
    tell(std::move(out), &step);
  };
  setup.output_line = [this, &step, event](int stream, std::string line) {
    auto out = event(report::EventKind::step_output);
    out.stream = stream;
    out.text = std::move(line);
    tell(std::move(out), &step);
  };
  setup.trace = trace(&step, setup.step_id);
}

bool Execution::asks_nested(const plan::PlannedStep& nested,
                            const plan::ResolvedAction& action) const {
  // An action invokes another one for its answer, so it runs even if it could be planned as a step
  // of its own.
  return (options_.mode != Mode::execute && nested.writes) ||
         (is_check() && action.info->has_validate);
}

std::uint32_t Execution::operation_for(const Assignment& given) const {
  if (!given.asks) return given.step.undoes ? HARBOR_OP_UNDO : HARBOR_OP_EXECUTE;
  if (is_check()) return HARBOR_OP_VALIDATE;
  return options_.mode == Mode::preview ? HARBOR_OP_PLAN : HARBOR_OP_STATUS;
}

host::CallSetup Execution::call_setup(const Assignment& given) {
  const plan::PlannedStep& step = given.step;
  const Round& round = given.round;
  host::CallSetup setup;
  setup.op = operation_for(given);
  if (setup.op == HARBOR_OP_VALIDATE)
    setup.flags = HARBOR_CALL_CHECK | (round.is_partial ? HARBOR_CALL_PARTIAL : 0U);
  setup.attempt = given.attempt;
  setup.input = given.input.dump();
  if (step.saved) setup.state = step.saved->state.dump();
  setup.run_id = options_.run_id;
  setup.step_id = round.index ? step.id + "[" + std::to_string(*round.index) + "]" : step.id;
  setup.workspace = options_.workspace.string();
  setup.run_dir = options_.run_dir.string();
  setup.may_attach = options_.may_attach && step.stage == "command";
  const bool limited = !(given.action.info->flags & HARBOR_AF_LONG_RUNNING);
  if (step.timeout)
    setup.deadline = now() + *step.timeout;
  else if (limited)
    setup.deadline = now() + options_.default_timeout;

  add_events(step, setup);
  // A state that is not kept could never be used to undo the step, so the host refuses it then.
  if (recorder_.keeps_state() && step.writes)
    setup.save_state = [this, &given, id = setup.step_id](const json& state) {
      recorder_.save_state(given.step, given.action, id, state);
    };
  setup.invoke = [this, &step, round](const std::string& name, const json& input) {
    return invoke(step, round, name, input);
  };
  setup.raise_hook = [this, round](const std::string& point, const json& payload) {
    return raise_hook(round, point, payload);
  };
  return setup;
}

Execution::Attempt Execution::attempt(const Assignment& given) {
  const auto& step = given.step;
  Attempt out;
  auto setup = call_setup(given);
  try {
    setup.action = &machinery_.load(*given.action.pack, given.action.info->name, setup.trace);
  } catch (const report::Error& refused) {
    out.call.status = HARBOR_E_UNSUPPORTED;
    out.diagnostics = refused.diagnostics();
    return out;
  }
  if (!operation_of(*setup.action, setup.op)) return out;
  std::unique_lock<std::mutex> serial;
  if (const auto found = serial_.find(step.action); found != serial_.end())
    serial = std::unique_lock(*found->second);

  store::ChangeSet written(&written_);
  if (workflow::only_prepares(step.stage)) setup.changes = &written;
  const auto handle = watch_.enter(setup.step_id, setup.deadline);
  out.call = operate(setup);
  watch_.leave(handle);
  for (const auto& failure : out.call.failures) out.diagnostics.push_back(describe(step, failure));
  if (out.call.status <= HARBOR_OK) written_.append(written);
  return out;
}

host::CallResult Execution::operate(const host::CallSetup& setup) const {
  const harbor_action& action = *setup.action;
  host::CallResult checked;
  if (action.validate && setup.op == HARBOR_OP_EXECUTE && setup.attempt == 1) {
    auto checking = setup;
    checking.op = HARBOR_OP_VALIDATE;
    checking.changes = nullptr;
    checked = host::run_operation(*machinery_.services, checking, action.validate);
    if (checked.status > HARBOR_OK) return checked;
  }
  auto out = host::run_operation(*machinery_.services, setup, operation_of(action, setup.op));
  out.failures.insert(out.failures.begin(), checked.failures.begin(), checked.failures.end());
  return out;
}

}  // namespace harbor::run
