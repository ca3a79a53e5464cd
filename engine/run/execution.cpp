#include "run/execution.hpp"

#include <poll.h>

#include <algorithm>

#include "report/code_run.hpp"
#include "report/code_workflow.hpp"
#include "run/outcome.hpp"

namespace harbor::run {
using nlohmann::json;
using report::Outcome;

namespace {

void mask(const secret::Masker& masker, json& value) {
  if (value.is_string()) {
    value = masker.apply(value.get_ref<const std::string&>());
  } else if (value.is_structured()) {
    for (auto& item : value) mask(masker, item);
  }
}

}  // namespace

Execution::Execution(const plan::Plan& plan, const RunOptions& options, const Machinery& machinery)
    : plan_(plan), options_(options), machinery_(machinery) {
  resolve(plan.steps);
  for (const auto& hook : plan.hooks) resolve(hook.steps);
}

void Execution::resolve(const std::vector<plan::PlannedStep>& steps) {
  for (const auto& step : steps) {
    auto& action = actions_[step.action];
    if (!action) {
      auto found = machinery_.catalog->find(step.action);
      if (found.problem) throw report::Error(std::move(*found.problem));
      action = found.action;
      if (action->info->flags & HARBOR_AF_SERIAL)
        serial_[step.action] = std::make_unique<std::mutex>();
    }
    // What another pack means by the same name, or by the same input, nobody has planned.
    if (action->pack->id != step.pack)
      throw report::Error(
          report::diagnose(report::code::unknown_choice,
                           "the plan wants " + step.action + " of the pack '" + step.pack + "'",
                           plan_.labels(step.mark), "it is provided by " + action->pack->id));
  }
}

void Execution::tell(report::Event event, const plan::PlannedStep* step) {
  event.run = options_.run_id;
  if (step) {
    event.stage = step->stage;
    if (event.step.empty()) event.step = step->id;
    event.action = step->action;
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

report::Diagnostics Execution::settle_files(bool stays) {
  if (stays) return written_.commit();
  written_.drop();
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
  auto input = input_of(step, *action_of(step).input, round, ground());
  out.diagnostics = std::move(input.diagnostics);
  if (has_errors(out.diagnostics)) {
    out.outcome = Outcome::failure;
    return out;
  }
  const bool previews = options_.mode == Mode::preview && only_asks(step);
  if (previews && (step.undoes || !action_of(step).info->has_plan)) return out;
  const auto& retry = step.retry;
  for (unsigned number = 1;; ++number) {
    auto attempt =
        recorded_attempt({step, action_of(step), round, input.value, only_asks(step), number}, out);
    if (attempt.call.status > HARBOR_OK && number < retry.attempts &&
        is_worth_retrying(attempt.call.status) && !is_cancelled()) {
      tell_retry(step, attempt, number, retry.attempts);
      if (wait_before(number + 1, retry)) continue;
      out.outcome = Outcome::cancelled;
    }
    conclude(step, std::move(attempt), out);
    return out;
  }
}

Execution::Attempt Execution::recorded_attempt(const Assignment& given, RoundResult& into) {
  const auto& step = given.step;
  const bool journaled = step.writes && !given.asks;
  if (journaled)
    note({{"event", "step_intent"},
          {"step", step.id},
          {"action", step.action},
          {"attempt", given.attempt}});
  auto attempt = this->attempt(given);
  into.attempts = given.attempt;
  into.outcome = outcome_of(attempt.call.status, step.writes);
  if (is_cancelled() && into.outcome == Outcome::failure &&
      attempt.call.status == HARBOR_E_CANCELLED)
    into.outcome = Outcome::cancelled;
  if (step.undoes && attempt.call.status <= HARBOR_OK)
    note({{"event", "step_undone"}, {"step", step.saved->step}, {"action", step.saved->action}});
  if (journaled)
    note({{"event", "step_result"},
          {"step", step.id},
          {"attempt", given.attempt},
          {"outcome", to_string(into.outcome)},
          {"code", attempt.diagnostics.empty() ? "" : attempt.diagnostics.front().code}});
  return attempt;
}

void Execution::tell_retry(const plan::PlannedStep& step, const Attempt& attempt, unsigned number,
                           unsigned attempts) {
  report::Event again;
  again.kind = report::EventKind::step_log;
  again.level = HARBOR_LOG_WARN;
  again.attempt = number;
  again.text = "attempt " + std::to_string(number) + " of " + std::to_string(attempts) + " failed" +
               (attempt.diagnostics.empty() ? "" : ": " + attempt.diagnostics.front().message);
  tell(std::move(again), &step);
}

void Execution::conclude(const plan::PlannedStep& step, Attempt attempt, RoundResult& into) {
  const bool failed = attempt.call.status > HARBOR_OK;
  into.diagnostics.insert(into.diagnostics.end(), attempt.diagnostics.begin(),
                          attempt.diagnostics.end());
  for (auto& [artifact, origin] : attempt.call.origins)
    blackboard_.set_origin(artifact, std::move(origin));
  if (options_.mode == Mode::preview && only_asks(step)) {
    if (attempt.call.output.is_object()) {
      into.changes = attempt.call.output.value("changes", json::array());
      into.output = attempt.call.output.value("outputs", json());
    }
    if (!failed) into.outcome = into.changes.empty() ? Outcome::noop : Outcome::success;
    return;
  }
  if (step.undoes) return;
  into.output = std::move(attempt.call.output);
  if (only_asks(step) || failed || into.output.is_null()) return;
  for (const auto& problem : action_of(step).output->check(into.output)) {
    into.diagnostics.push_back(report::diagnose(
        report::code::invalid_output,
        step.action + " broke its promise: its output " + problem.pointer + " " + problem.message,
        {}, "this is a bug in the pack " + step.pack));
    into.outcome = Outcome::failure;
  }
}

bool Execution::only_asks(const plan::PlannedStep& step) const {
  switch (options_.mode) {
    case Mode::execute:
      return false;
    case Mode::preview:
      // Of a step that is planned it is known what it publishes; only what cannot be planned and
      // does no harm has to run so that later steps can be planned at all.
      return step.writes || action_of(step).info->has_plan;
    case Mode::inspect:
      break;
  }
  return step.writes;
}

void Execution::publish(const plan::PlannedStep& step, const json& output) {
  if (output.is_null()) return;
  blackboard_.set_output(step.id, output);
  for (const auto& binding : action_of(step).info->publishes) {
    if (!output.contains(binding.property)) continue;
    const auto& value = output[binding.property];
    blackboard_.publish(binding.artifact, value);
    if (binding.recorded && options_.mode == Mode::execute)
      note({{"event", "artifact"}, {"name", binding.artifact}, {"value", value}});
  }
}

}  // namespace harbor::run
