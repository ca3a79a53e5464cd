#include "run/check.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "plan/scope.hpp"
#include "report/code_run.hpp"
#include "report/verdict.hpp"
#include "run/outcome.hpp"

namespace harbor::run {
using nlohmann::json;
using report::Outcome;

namespace {

/// Whether a name in an expression means something that is known by now.
bool is_known(std::string_view name, const Execution& execution) {
  const Ground ground = execution.ground();
  // Where no step makes an environment, a name is known to be unset.
  if (name.find('.') == std::string_view::npos)
    return ground.blackboard.artifact("env") || !execution.is_published("env");
  if (name.starts_with("hook.")) return false;  // known to the action that raises the hook
  if (!name.starts_with("steps.")) return true;
  plan::Scope scope;
  std::vector<Blackboard::Value> held;
  scope.output_of = [&](std::string_view step) {
    held.push_back(ground.blackboard.output(step));
    return held.back().get();
  };
  return scope.find(name) != nullptr;
}

bool has_names(const plan::PlannedStep& step, const Execution& execution) {
  std::vector<plan::Reference> references;
  for (const plan::Open& open : step.open) plan::collect_references(open.value, references);
  if (step.for_each) plan::collect_references(*step.for_each, references);
  if (step.when) plan::collect_condition_references(*step.when, references);
  return std::all_of(references.begin(), references.end(), [&](const plan::Reference& reference) {
    return is_known(reference.name, execution);
  });
}

bool has_artifacts(const plan::PlannedStep& step, const Execution& execution) {
  const Ground ground = execution.ground();
  return std::all_of(step.bound.begin(), step.bound.end(), [&](const plan::Bound& bound) {
    return ground.blackboard.artifact(bound.artifact) ||
           (!bound.required && ground.blackboard.output(ground.plan.steps[bound.step].id));
  });
}

/// Warns of comparisons with variables that are not set: their result may not be what was meant.
report::Diagnostics unset_in_condition(const plan::PlannedStep& step, const Ground& ground) {
  report::Diagnostics problems;
  if (!step.when) return problems;
  const auto env = ground.blackboard.artifact("env");
  for (const auto& name : plan::compared_names(*step.when)) {
    if (env && env->contains(name)) continue;
    auto problem =
        report::diagnose(report::code::unset_variable,
                         "when: '" + name + "' is not set; it is compared as empty text",
                         ground.plan.labels(step.when->mark),
                         "set it in an env file, or give it a default: `${" + name + ":-...}`");
    problem.severity = report::Severity::warning;
    problems.push_back(std::move(problem));
  }
  return problems;
}

void append(report::Diagnostics& all, report::Diagnostics more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

void check_round(Execution& execution, const plan::PlannedStep& step, const Round& round,
                 RoundResult& into) {
  auto one = execution.round(step, round);
  if (is_good(one.outcome) && one.output.is_object() && !round.is_partial)
    execution.publish(step, one.output);
  if (into.outcome == Outcome::skipped || is_good(into.outcome)) into.outcome = one.outcome;
  append(into.diagnostics, std::move(one.diagnostics));
}

}  // namespace

RoundResult check_step(Execution& execution, const plan::PlannedStep& step) {
  RoundResult out;
  out.outcome = Outcome::skipped;
  // Guesses would report mistakes that are none: an input is checked when all of it is known, or by
  // an action that can handle an incomplete one.
  if (step.undoes || !execution.knows(step) || !has_names(step, execution)) return out;
  Round round;
  round.is_partial = !has_artifacts(step, execution);
  if (round.is_partial && !(execution.flags_of(step) & HARBOR_AF_PARTIAL_CHECK)) return out;
  append(out.diagnostics, unset_in_condition(step, execution.ground()));
  auto rounds = rounds_of(step, execution.ground());
  append(out.diagnostics, std::move(rounds.diagnostics));
  if (report::has_errors(out.diagnostics)) out.outcome = Outcome::failure;
  if (rounds.skipped || report::has_errors(out.diagnostics)) return out;
  if (!rounds.fans_out) {
    check_round(execution, step, round, out);
    return out;
  }
  for (std::size_t i = 0; i < rounds.items.size(); ++i) {
    round.item = &rounds.items[i];
    round.index = i;
    check_round(execution, step, round, out);
  }
  return out;
}

report::Diagnostics check_hooks(Execution& execution) {
  report::Diagnostics problems;
  for (const plan::PlannedHook& hook : execution.ground().plan.hooks)
    for (const plan::PlannedStep& step : hook.steps)
      append(problems, execution.masked(check_step(execution, step).diagnostics));
  return problems;
}

}  // namespace harbor::run
