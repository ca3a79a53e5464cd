#include "run/execution.hpp"

#include <poll.h>

#include <algorithm>

#include "report/code_run.hpp"
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
  auto input = input_of(step, round, ground());
  out.diagnostics = std::move(input.diagnostics);
  if (has_errors(out.diagnostics)) {
    out.outcome = Outcome::failure;
    return out;
  }
  const bool preview = options_.mode == Mode::preview && only_asks(step);
  if (preview && (step.undoes || !step.action->info->has_plan)) return out;
  const workflow::Retry retry = step.written ? step.written->retry : workflow::Retry{};
  for (unsigned number = 1;; ++number) {
    auto attempt = recorded_attempt(step, round, input.value, number, out);
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

Execution::Attempt Execution::recorded_attempt(const plan::PlannedStep& step, const Round& round,
                                               const json& input, unsigned number,
                                               RoundResult& into) {
  const bool journaled = step.has_writes() && !only_asks(step);
  if (journaled)
    note({{"event", "step_intent"},
          {"step", step.id},
          {"action", step.action->info->name},
          {"attempt", number}});
  auto attempt = this->attempt(step, round, input, number);
  into.attempts = number;
  into.outcome = outcome_of(attempt.call.status, step.has_writes());
  if (is_cancelled() && into.outcome == Outcome::failure &&
      attempt.call.status == HARBOR_E_CANCELLED)
    into.outcome = Outcome::cancelled;
  if (step.undoes && attempt.call.status <= HARBOR_OK)
    note({{"event", "step_undone"}, {"step", step.saved->step}, {"action", step.saved->action}});
  if (journaled)
    note({{"event", "step_result"},
          {"step", step.id},
          {"attempt", number},
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
  for (const auto& problem : step.action->output->check(into.output)) {
    into.diagnostics.push_back(
        report::diagnose(report::code::invalid_output,
                         step.action->info->name + " broke its promise: its output " +
                             problem.pointer + " " + problem.message,
                         {}, "this is a bug in the pack " + step.action->pack->id));
    into.outcome = Outcome::failure;
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
