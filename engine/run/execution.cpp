#include "run/execution.hpp"

#include <poll.h>

#include <algorithm>

#include "plan/scope.hpp"
#include "report/code_run.hpp"
#include "report/code_workflow.hpp"

namespace harbor::run {
using nlohmann::json;
using process::Clock;
using report::Outcome;

namespace {

constexpr unsigned max_depth = 16;

bool is_error(const report::Diagnostic& diagnostic) {
  return diagnostic.severity == report::Severity::error;
}

Outcome outcome_of(harbor_status status, bool writes) {
  switch (status) {
    case HARBOR_OK:
      return writes ? Outcome::success : Outcome::noop;
    case HARBOR_UNCHANGED:
      return Outcome::noop;
    case HARBOR_E_CANCELLED:
      return Outcome::cancelled;
    case HARBOR_E_TIMEOUT:
      return Outcome::timeout;
    default:
      return Outcome::failure;
  }
}

bool is_worth_retrying(harbor_status status) {
  return status == HARBOR_E_FAILED || status == HARBOR_E_RETRYABLE || status == HARBOR_E_TIMEOUT ||
         status == HARBOR_E_UNAVAILABLE || status == HARBOR_E_IO;
}

void mask(const secret::Masker& masker, json& value) {
  if (value.is_string()) {
    value = masker.apply(value.get_ref<const std::string&>());
  } else if (value.is_structured()) {
    for (auto& item : value) mask(masker, item);
  }
}

}  // namespace

std::vector<Watch::Entry> Watch::overdue(Clock::time_point now) const {
  const std::lock_guard guard(mutex_);
  std::vector<Entry> late;
  std::copy_if(running_.begin(), running_.end(), std::back_inserter(late),
               [&](const Entry& entry) { return entry.deadline && *entry.deadline < now; });
  return late;
}

/// A round's input, ready to be handed over.
struct Execution::Prepared {
  json input;
  bool checked = false;  ///< the planner has seen all of it
  report::Diagnostics diagnostics;
};

struct Execution::Attempt {
  host::CallResult call;
  report::Diagnostics diagnostics;
};

Execution::Execution(const plan::Plan& plan, const workflow::Descriptor& descriptor,
                     const RunOptions& options, const Machinery& machinery)
    : plan_(plan), descriptor_(descriptor), options_(options), machinery_(machinery) {
  const auto add = [&](const std::vector<plan::PlannedStep>& steps) {
    for (const auto& step : steps)
      if (step.action && (step.action->info->flags & HARBOR_AF_SERIAL))
        serial_[step.action] = std::make_unique<std::mutex>();
  };
  add(plan.steps);
  for (const auto& hook : plan.hooks) add(hook.steps);
}

void Execution::tell(report::Event event, const plan::PlannedStep* step) {
  event.run = options_.run_id;
  if (step) {
    event.stage = step->stage;
    if (event.step.empty()) event.step = step->id;
    if (step->action) event.action = step->action->info->name;
  }
  const std::lock_guard guard(observer_mutex_);
  machinery_.observer->on_event(event);
}

void Execution::note(json record) {
  if (!machinery_.journal) return;
  const auto& masker = machinery_.services->vault->masker();
  if (!masker.is_empty()) mask(masker, record);
  machinery_.journal->append(record);
}

namespace {

/// A scope whose values stay alive as long as it does.
struct HeldScope {
  HeldScope(const Blackboard& blackboard, const plan::Plan& plan, const Round& round)
      : env(blackboard.artifact("env")), index(round.index ? json(*round.index) : json()) {
    scope.env = env.get();
    scope.item = round.item;
    scope.index = round.index ? &index : nullptr;
    scope.hook = round.hook;
    scope.request = &plan.request;
    scope.output_of = [this, &blackboard](std::string_view step) -> const json* {
      outputs.push_back(blackboard.output(step));
      return outputs.back().get();
    };
  }
  HeldScope(const HeldScope&) = delete;
  HeldScope& operator=(const HeldScope&) = delete;

  Blackboard::Value env;
  json index;
  std::vector<Blackboard::Value> outputs;
  plan::Scope scope;
};

}  // namespace

Execution::Rounds Execution::rounds(const plan::PlannedStep& step) const {
  Rounds out;
  if (!step.written || (!step.written->when && !step.written->for_each)) return out;
  const HeldScope held(blackboard_, plan_, {});
  if (step.written->when &&
      !plan::holds(*step.written->when, descriptor_.sources, held.scope, out.diagnostics)) {
    out.skipped = out.diagnostics.empty();
    return out;
  }
  if (!step.written->for_each) return out;
  out.fans_out = true;
  auto resolved = plan::resolve(*step.written->for_each, descriptor_.sources, held.scope);
  out.diagnostics.insert(out.diagnostics.end(), resolved.diagnostics.begin(),
                         resolved.diagnostics.end());
  if (!resolved.value.is_array())
    out.diagnostics.push_back(report::diagnose(
        report::code::not_a_list, "forEach refers to something that is not a list",
        {{descriptor_.span(step.written->for_each->mark), ""}}));
  out.items = std::move(resolved.value);
  return out;
}

void Execution::add_artifacts(const plan::PlannedStep& step, Prepared& into) const {
  for (const plan::Bound& bound : step.bound) {
    if (const auto value = blackboard_.artifact(bound.artifact)) {
      into.input[bound.property] = *value;
    } else if (bound.required) {
      auto problem =
          report::diagnose(report::code::artifact_not_published,
                           "the artifact '" + bound.artifact + "' was not published", {},
                           "step '" + plan_.steps[bound.step].id +
                               "' provides it, but was skipped, is only planned, or gave none");
      if (step.written) problem.labels = {{descriptor_.span(step.written->mark), ""}};
      into.diagnostics.push_back(std::move(problem));
    }
  }
}

void Execution::prepare(const plan::PlannedStep& step, const Round& round, Prepared& into) const {
  into.input = step.fixed;
  if (step.undoes) return;  // what is taken back is told by the state
  into.checked = step.open.empty() && step.bound.empty();
  add_artifacts(step, into);
  const auto& schema = *step.action->input;
  if (!step.open.empty()) {
    const HeldScope held(blackboard_, plan_, round);
    for (const plan::Open& open : step.open) {
      auto resolved = plan::resolve(*open.value, descriptor_.sources, held.scope);
      into.diagnostics.insert(into.diagnostics.end(), resolved.diagnostics.begin(),
                              resolved.diagnostics.end());
      const auto properties = schema.definition().find("properties");
      if (properties != schema.definition().end() && properties->contains(open.property))
        plan::coerce((*properties)[open.property], resolved.value);
      into.input[open.property] = std::move(resolved.value);
    }
  }
  schema.fill_defaults(into.input);
  if (into.checked || std::any_of(into.diagnostics.begin(), into.diagnostics.end(), is_error))
    return;
  for (const auto& problem : schema.check(into.input)) {
    auto out = report::diagnose(
        report::code::invalid_parameter,
        step.action->info->name + ": " +
            (problem.pointer.empty() ? "" : problem.pointer.substr(1) + " ") + problem.message,
        {}, problem.hint);
    if (step.written)
      out.labels = {
          {descriptor_.span(workflow::mark_of(*step.written, problem.pointer, problem.at_key)),
           ""}};
    into.diagnostics.push_back(std::move(out));
  }
}

report::Diagnostic Execution::describe(const plan::PlannedStep& step,
                                       const host::Failure& failure) const {
  report::Diagnostic out;
  const auto* code = report::find_code(failure.code);
  out.code = failure.code.empty() ? report::code::silent_failure : failure.code;
  out.message = failure.message;
  out.hint = failure.hint;
  out.exit = code ? code->exit : host::exit_of(failure.status);
  if (failure.warning) out.severity = report::Severity::warning;
  if (step.written && !failure.pointer.empty())
    out.labels.push_back({descriptor_.span(workflow::mark_of(*step.written, failure.pointer)), ""});
  out.labels.insert(out.labels.end(), failure.labels.begin(), failure.labels.end());
  out.causes = failure.causes;
  if (step.written && out.labels.empty())
    out.labels.push_back({descriptor_.span(step.written->mark), ""});
  return out;
}

namespace {

/// The result of an invocation that did not come about.
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

}  // namespace

host::CallResult Execution::invoke(const plan::PlannedStep& step, const Round& round,
                                   const std::string& action, const json& input) {
  const auto found = machinery_.catalog->find(action);
  if (!found.action)
    return refused(HARBOR_E_UNSUPPORTED, found.problem->code, found.problem->message,
                   found.problem->hint);
  if (round.depth + 1 > max_depth)
    return refused(HARBOR_E_UNSUPPORTED, report::code::broken_contract,
                   "actions invoke one another more than " + std::to_string(max_depth) + " deep");
  plan::PlannedStep nested;
  nested.id = step.id;
  nested.stage = step.stage;
  nested.written = step.written;
  nested.action = found.action;
  Prepared prepared;
  prepared.input = input;
  found.action->input->fill_defaults(prepared.input);
  nested.fixed = prepared.input;
  if (const auto problems = found.action->input->check(prepared.input); !problems.empty())
    return refused(HARBOR_E_INPUT, report::code::broken_contract,
                   "an invocation of " + action + " broke its schema: " + problems.front().message);
  Round deeper = round;
  ++deeper.depth;
  auto result = attempt(nested, deeper, prepared, 1);
  // A pack that cannot be loaded has no call of its own.
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
    const auto begin = Clock::now();
    const auto result = this->round(step, inner);
    report::Event finished;
    finished.kind = report::EventKind::step_finished;
    finished.outcome = result.outcome;
    finished.elapsed = Clock::now() - begin;
    finished.diagnostics = result.diagnostics;
    tell(std::move(finished), &step);
    const bool failed = result.outcome != Outcome::success && result.outcome != Outcome::noop &&
                        result.outcome != Outcome::skipped;
    if (failed && !step.written->continue_on_error) return HARBOR_E_FAILED;
  }
  return HARBOR_OK;
}

host::CallSetup Execution::call_setup(const plan::PlannedStep& step, const Round& round,
                                      const Prepared& prepared, unsigned number) {
  host::CallSetup setup;
  const bool executes = options_.mode == Mode::execute || !step.has_writes();
  setup.op = executes && step.undoes          ? HARBOR_OP_UNDO
             : executes                       ? HARBOR_OP_EXECUTE
             : options_.mode == Mode::preview ? HARBOR_OP_PLAN
                                              : HARBOR_OP_STATUS;
  setup.attempt = number;
  setup.input = prepared.input.dump();
  if (step.saved) setup.state = step.saved->state.dump();
  setup.run_id = options_.run_id;
  setup.step_id = round.index ? step.id + "[" + std::to_string(*round.index) + "]" : step.id;
  setup.workspace = descriptor_.project.folder.string();
  setup.run_dir = descriptor_.project.run().string();
  setup.may_attach = options_.may_attach && step.stage == "command";
  const bool limited = !(step.action->info->flags & HARBOR_AF_LONG_RUNNING);
  if (step.written && step.written->timeout)
    setup.deadline = Clock::now() + *step.written->timeout;
  else if (limited)
    setup.deadline = Clock::now() + options_.default_timeout;

  const auto event = [id = setup.step_id](report::EventKind kind) {
    report::Event out;
    out.kind = kind;
    out.step = id;
    return out;
  };
  setup.log = [this, &step, event](int level, std::string text) {
    auto out = event(report::EventKind::step_log);
    out.level = level;
    out.text = std::move(text);
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
  setup.save_state = [this, &step, id = setup.step_id](const json& state) {
    note({{"event", "step_state"},
          {"step", id},
          {"action", step.action->info->name},
          {"state", state}});
  };
  setup.invoke = [this, &step, round](const std::string& action, const json& input) {
    return invoke(step, round, action, input);
  };
  setup.raise_hook = [this, round](const std::string& point, const json& payload) {
    return raise_hook(round, point, payload);
  };
  return setup;
}

Execution::Attempt Execution::attempt(const plan::PlannedStep& step, const Round& round,
                                      const Prepared& prepared, unsigned number) {
  Attempt out;
  auto setup = call_setup(step, round, prepared, number);
  const harbor_action* table = nullptr;
  try {
    table = &machinery_.libraries->load(*step.action->pack, step.action->info->name);
  } catch (const report::Error& refused) {
    out.call.status = HARBOR_E_UNSUPPORTED;
    out.diagnostics = refused.diagnostics();
    return out;
  }
  setup.action = table;
  const harbor_op operation = setup.op == HARBOR_OP_PLAN     ? table->plan
                              : setup.op == HARBOR_OP_UNDO   ? table->undo
                              : setup.op == HARBOR_OP_STATUS ? table->status
                                                             : table->execute;
  if (!operation) return out;
  std::unique_lock<std::mutex> serial;
  if (const auto found = serial_.find(step.action); found != serial_.end())
    serial = std::unique_lock(*found->second);

  store::Rollback written;
  const auto handle = watch_.enter(setup.step_id, setup.deadline);
  if (table->validate && setup.op == HARBOR_OP_EXECUTE && number == 1) {
    auto checking = setup;
    checking.op = HARBOR_OP_VALIDATE;
    out.call = host::run_operation(*machinery_.services, checking, table->validate);
  }
  if (out.call.status <= HARBOR_OK) {
    auto warnings = std::move(out.call.failures);
    if (workflow::only_prepares(step.stage)) setup.rollback = &written;
    out.call = host::run_operation(*machinery_.services, setup, operation);
    out.call.failures.insert(out.call.failures.begin(), warnings.begin(), warnings.end());
  }
  watch_.leave(handle);
  for (const auto& failure : out.call.failures) out.diagnostics.push_back(describe(step, failure));
  if (out.call.status > HARBOR_OK) {
    const auto lost = written.restore();
    out.diagnostics.insert(out.diagnostics.end(), lost.begin(), lost.end());
    return out;
  }
  const std::lock_guard guard(written_mutex_);
  written_.append(std::move(written));
  return out;
}

report::Diagnostics Execution::settle_files(bool stays) {
  const std::lock_guard guard(written_mutex_);
  if (!stays) return written_.restore();
  written_.keep();
  return {};
}

bool Execution::wait_before(unsigned next_attempt, const workflow::Retry& retry) const {
  const auto doubled = retry.backoff * (1LL << std::min(next_attempt - 2, 16U));
  const auto pause = std::min<std::chrono::milliseconds>(doubled, std::chrono::minutes(1));
  pollfd wake{machinery_.services->cancellation->fd(), POLLIN, 0};
  return ::poll(&wake, 1, static_cast<int>(pause.count())) == 0;
}

RoundResult Execution::round(const plan::PlannedStep& step, const Round& round) {
  RoundResult out;
  Prepared prepared;
  prepare(step, round, prepared);
  out.diagnostics = prepared.diagnostics;
  if (std::any_of(out.diagnostics.begin(), out.diagnostics.end(), is_error)) {
    out.outcome = Outcome::failure;
    return out;
  }
  const bool only_asks = options_.mode != Mode::execute && step.has_writes();
  const bool preview = only_asks && options_.mode == Mode::preview;
  if (preview && (step.undoes || !step.action->info->has_plan)) return out;
  const workflow::Retry retry = step.written ? step.written->retry : workflow::Retry{};
  for (unsigned number = 1;; ++number) {
    const bool journaled = step.has_writes() && !only_asks;
    if (journaled)
      note({{"event", "step_intent"},
            {"step", step.id},
            {"action", step.action->info->name},
            {"attempt", number}});
    auto attempt = this->attempt(step, round, prepared, number);
    out.attempts = number;
    out.outcome = outcome_of(attempt.call.status, step.has_writes());
    if (is_cancelled() && out.outcome == Outcome::failure &&
        attempt.call.status == HARBOR_E_CANCELLED)
      out.outcome = Outcome::cancelled;
    const bool failed = attempt.call.status > HARBOR_OK;
    if (step.undoes && !failed)
      note({{"event", "step_undone"}, {"step", step.saved->step}, {"action", step.saved->action}});
    if (journaled)
      note({{"event", "step_result"},
            {"step", step.id},
            {"attempt", number},
            {"outcome", to_string(out.outcome)},
            {"code", attempt.diagnostics.empty() ? "" : attempt.diagnostics.front().code}});
    if (failed && number < retry.attempts && is_worth_retrying(attempt.call.status) &&
        !is_cancelled()) {
      report::Event again;
      again.kind = report::EventKind::step_log;
      again.level = HARBOR_LOG_WARN;
      again.attempt = number;
      again.text = "attempt " + std::to_string(number) + " of " + std::to_string(retry.attempts) +
                   " failed" +
                   (attempt.diagnostics.empty() ? "" : ": " + attempt.diagnostics.front().message);
      tell(std::move(again), &step);
      if (wait_before(number + 1, retry)) continue;
      out.outcome = Outcome::cancelled;
    }
    out.diagnostics.insert(out.diagnostics.end(), attempt.diagnostics.begin(),
                           attempt.diagnostics.end());
    for (auto& [artifact, origin] : attempt.call.origins)
      blackboard_.set_origin(artifact, std::move(origin));
    if (preview) {
      if (attempt.call.output.is_object()) {
        out.changes = attempt.call.output.value("changes", json::array());
        out.output = attempt.call.output.value("outputs", json());
      }
      out.outcome = failed ? out.outcome : out.changes.empty() ? Outcome::noop : Outcome::success;
      return out;
    }
    if (step.undoes) return out;
    out.output = std::move(attempt.call.output);
    if (only_asks) return out;
    if (failed || out.output.is_null()) return out;
    for (const auto& problem : step.action->output->check(out.output)) {
      out.diagnostics.push_back(
          report::diagnose(report::code::invalid_output,
                           step.action->info->name + " broke its promise: its output " +
                               problem.pointer + " " + problem.message,
                           {}, "this is a bug in the pack " + step.action->pack->id));
      out.outcome = Outcome::failure;
    }
    return out;
  }
}

void Execution::publish(const plan::PlannedStep& step, const json& output) {
  if (output.is_null()) return;
  blackboard_.set_output(step.id, output);
  const auto& schema = step.action->output->definition();
  for (const auto& binding : step.action->info->publishes) {
    if (!output.contains(binding.property)) continue;
    const auto& value = output[binding.property];
    blackboard_.publish(binding.artifact, value);
    const json property = schema.contains("properties")
                              ? schema["properties"].value(binding.property, json::object())
                              : json();
    if (property.is_object() && property.value("x-harbor-record", false) &&
        options_.mode == Mode::execute)
      note({{"event", "artifact"}, {"name", binding.artifact}, {"value", value}});
  }
}

}  // namespace harbor::run
