#include "run/execution.hpp"

#include <algorithm>

#include "report/code_command.hpp"
#include "report/code_run.hpp"
#include "report/code_workflow.hpp"
#include "report/verdict.hpp"
#include "run/outcome.hpp"
#include "run/report_mask.hpp"
#include "secret/event_mask.hpp"

namespace harbor::run {
using nlohmann::json;
using report::Outcome;

Execution::Execution(const plan::Plan& plan, const RunOptions& options, const Machinery& machinery)
    : plan_(plan),
      options_(options),
      machinery_(machinery),
      recorder_(machinery.journal, machinery.state, machinery.services->vault->masker(),
                options.run_id),
      wants_trace_(machinery.observer->wants_trace()) {
  resolve(plan.steps);
  for (const auto& hook : plan.hooks) resolve(hook.steps);
}

void Execution::resolve(const std::vector<plan::PlannedStep>& steps) {
  for (const auto& step : steps) {
    auto& action = actions_[step.action];
    if (!action) {
      auto found = machinery_.catalog->find(step.action);
      // A check goes on with what it does know; the planner has reported the rest.
      if (found.problem && is_check()) continue;
      if (found.problem) throw report::Error(std::move(*found.problem));
      action = found.action;
      if (action->info->flags & HARBOR_AF_SERIAL)
        serial_[step.action] = std::make_unique<std::mutex>();
    }
    // The plan was not made for what another pack means by the same name or the same input.
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
  secret::mask(machinery_.services->vault->masker(), event);
  const std::lock_guard guard(observer_mutex_);
  machinery_.observer->on_event(event);
}

report::Trace Execution::trace(const plan::PlannedStep* step, std::string step_id) {
  if (!wants_trace_) return {};
  return [this, step, id = std::move(step_id)](report::Event event) {
    event.step = id;
    tell(std::move(event), step);
  };
}

report::Diagnostics Execution::masked(report::Diagnostics diagnostics) const {
  const auto& masker = machinery_.services->vault->masker();
  if (!masker.is_empty())
    for (auto& diagnostic : diagnostics) secret::mask(masker, diagnostic);
  return diagnostics;
}

report::Diagnostics Execution::settle_files(bool stays) {
  if (stays) return written_.commit();
  written_.drop();
  return {};
}

bool Execution::wait_before(unsigned next_attempt, const workflow::Retry& retry) const {
  const auto doubled = retry.backoff * (1LL << std::min(next_attempt - 2, 16U));
  const auto pause = std::min<std::chrono::milliseconds>(doubled, std::chrono::minutes(1));
  const auto& services = *machinery_.services;
  return services.time.pause(pause, *services.cancellation);
}

RoundResult Execution::round(const plan::PlannedStep& step, const Round& round) {
  RoundResult out;
  try {
    run_round(step, round, out);
  } catch (const report::Error& error) {
    // A full disk fails this step; an exception that left this function would abandon the others.
    out.outcome = Outcome::failure;
    out.diagnostics.insert(out.diagnostics.end(), error.diagnostics().begin(),
                           error.diagnostics().end());
  } catch (const std::exception& error) {
    // This may be a thread of its own, where nothing would catch the exception.
    out.outcome = Outcome::failure;
    out.diagnostics.push_back(report::diagnose(
        report::code::internal, std::string("Harbor made a mistake: ") + error.what(),
        plan_.labels(step.mark), "please report it with the command that led to it"));
  }
  return out;
}

void Execution::run_round(const plan::PlannedStep& step, const Round& round, RoundResult& out) {
  auto input = input_of(step, *action_of(step).input, round, ground());
  out.diagnostics = std::move(input.diagnostics);
  if (report::has_errors(out.diagnostics)) {
    out.outcome = Outcome::failure;
    return;
  }
  // The planner has reported what was wrong with the values that it knew.
  if (is_check() && !action_of(step).input->check(input.value).empty()) {
    out.outcome = Outcome::skipped;
    return;
  }
  const bool previews = options_.mode == Mode::preview && only_asks(step);
  if (previews && (step.undoes || !action_of(step).info->has_plan)) return;
  const bool asks = is_check() || only_asks(step);
  const auto& retry = step.retry;
  for (unsigned number = 1;; ++number) {
    auto attempt = recorded_attempt({step, action_of(step), round, input.value, asks, number}, out);
    if (attempt.call.status > HARBOR_OK && !is_check() && number < retry.attempts &&
        is_worth_retrying(attempt.call.status) && !is_cancelled()) {
      tell_retry(step, attempt, number, retry.attempts);
      if (wait_before(number + 1, retry)) continue;
      out.outcome = Outcome::cancelled;
    }
    return conclude(step, std::move(attempt), out);
  }
}

Execution::Attempt Execution::recorded_attempt(const Assignment& given, RoundResult& into) {
  const auto& step = given.step;
  const bool journaled = step.writes && !given.asks;
  if (journaled) recorder_.note(store::StepIntent{step.id, step.action, given.attempt});
  auto attempt = this->attempt(given);
  into.attempts = given.attempt;
  into.outcome = outcome_of(attempt.call.status, step.writes);
  if (is_cancelled() && into.outcome == Outcome::failure &&
      attempt.call.status == HARBOR_E_CANCELLED)
    into.outcome = Outcome::cancelled;
  if (step.undoes && attempt.call.status <= HARBOR_OK && journaled) recorder_.undone(step);
  // The input only now, so that what the action declared to be secret is masked in it.
  const bool has_diagnostic = !attempt.diagnostics.empty();
  const bool has_detail = has_diagnostic && !attempt.diagnostics.front().detail.empty();
  const auto& masker = machinery_.services->vault->masker();
  recorder_.note(
      store::StepResult{
          .step = step.id,
          .action = step.action,
          .attempt = given.attempt,
          .outcome = std::string(to_string(into.outcome)),
          .code = has_diagnostic ? attempt.diagnostics.front().code : std::string(),
          .message = has_diagnostic ? attempt.diagnostics.front().message : std::string(),
          .input = with_masked_keys(masker, *given.action.input, given.input),
          .output = with_masked_keys(masker, *given.action.output, attempt.call.output),
          .detail = has_detail ? json::parse(attempt.diagnostics.front().detail) : json()},
      journaled ? store::Sync::now : store::Sync::later);
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
  if (is_good(into.outcome)) recorder_.record_artifacts(step, action_of(step), into.output);
}

bool Execution::only_asks(const plan::PlannedStep& step) const {
  switch (options_.mode) {
    case Mode::execute:
    case Mode::check:  // asks all of them, and what they answer counts as what they would put out
      return false;
    case Mode::preview:
      // A planned step says what it will publish; only a step that cannot be planned and
      // does no harm has to run so that later steps can be planned at all.
      return step.writes || action_of(step).info->has_plan;
    case Mode::inspect:
      break;
  }
  return step.writes;
}

bool Execution::is_published(std::string_view artifact) const {
  return std::any_of(actions_.begin(), actions_.end(), [&](const auto& known) {
    if (!known.second) return false;
    const auto& publishes = known.second->info->publishes;
    return std::any_of(publishes.begin(), publishes.end(),
                       [&](const auto& binding) { return binding.artifact == artifact; });
  });
}

void Execution::publish(const plan::PlannedStep& step, const json& output) {
  if (output.is_null()) return;
  blackboard_.set_output(step.id, output);
  for (const auto& binding : action_of(step).info->publishes)
    if (output.contains(binding.property))
      blackboard_.publish(binding.artifact, output[binding.property]);
}

}  // namespace harbor::run
