#include "run/input.hpp"

#include <algorithm>

#include "plan/scope.hpp"
#include "report/code_run.hpp"
#include "report/code_workflow.hpp"
#include "report/verdict.hpp"

namespace harbor::run {
using nlohmann::json;

namespace {

/// A scope whose values stay alive as long as it does.
struct HeldScope {
  HeldScope(const Ground& ground, const Round& round)
      : env(ground.blackboard.artifact("env")), index(round.index ? json(*round.index) : json()) {
    scope.env = env.get();
    scope.item = round.item;
    scope.index = round.index ? &index : nullptr;
    scope.hook = round.hook;
    scope.request = &ground.plan.request;
    scope.output_of = [this,
                       &blackboard = ground.blackboard](std::string_view step) -> const json* {
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

void add_artifacts(const plan::PlannedStep& step, const Ground& ground, Input& into) {
  for (const plan::Bound& bound : step.bound) {
    if (const auto value = ground.blackboard.artifact(bound.artifact)) {
      into.value[bound.property] = *value;
    } else if (bound.required) {
      auto problem =
          report::diagnose(report::code::artifact_not_published,
                           "the artifact '" + bound.artifact + "' was not published", {},
                           "step '" + ground.plan.steps[bound.step].id +
                               "' provides it, but was skipped, is only planned, or gave none");
      problem.labels = ground.plan.labels(step.mark);
      into.diagnostics.push_back(std::move(problem));
    }
  }
}

void add_open(const plan::PlannedStep& step, const plan::Schema& schema, const Round& round,
              const Ground& ground, Input& into) {
  if (step.open.empty()) return;
  const auto& definition = schema.definition();
  const HeldScope held(ground, round);
  for (const plan::Open& open : step.open) {
    auto resolved = plan::resolve(open.value, ground.plan.sources, held.scope);
    into.diagnostics.insert(into.diagnostics.end(), resolved.diagnostics.begin(),
                            resolved.diagnostics.end());
    const auto properties = definition.find("properties");
    if (properties != definition.end() && properties->contains(open.property))
      plan::coerce((*properties)[open.property], resolved.value);
    into.value[open.property] = std::move(resolved.value);
  }
}

void check(const plan::PlannedStep& step, const plan::Schema& schema, const Ground& ground,
           Input& into) {
  for (const auto& problem : schema.check(into.value))
    into.diagnostics.push_back(report::diagnose(
        report::code::invalid_parameter,
        step.action + ": " + (problem.pointer.empty() ? "" : problem.pointer.substr(1) + " ") +
            problem.message,
        ground.plan.labels(plan::mark_of(step, problem.pointer, problem.at_key)), problem.hint));
}

}  // namespace

Rounds rounds_of(const plan::PlannedStep& step, const Ground& ground) {
  Rounds out;
  if (!step.when && !step.for_each) return out;
  const HeldScope held(ground, {});
  const auto& sources = ground.plan.sources;
  if (step.when && !plan::holds(*step.when, sources, held.scope, out.diagnostics)) {
    out.skipped = out.diagnostics.empty();
    return out;
  }
  if (!step.for_each) return out;
  out.fans_out = true;
  auto resolved = plan::resolve(*step.for_each, sources, held.scope);
  out.diagnostics.insert(out.diagnostics.end(), resolved.diagnostics.begin(),
                         resolved.diagnostics.end());
  if (!resolved.value.is_array())
    out.diagnostics.push_back(report::diagnose(report::code::not_a_list,
                                               "forEach refers to something that is not a list",
                                               ground.plan.labels(step.for_each->mark)));
  out.items = std::move(resolved.value);
  return out;
}

Input input_of(const plan::PlannedStep& step, const plan::Schema& schema, const Round& round,
               const Ground& ground) {
  Input out;
  out.value = step.fixed;
  if (step.undoes) return out;  // the state says what to undo
  add_artifacts(step, ground, out);
  add_open(step, schema, round, ground, out);
  schema.fill_defaults(out.value);
  // The planner has checked what was known to it.
  const bool is_checked = step.open.empty() && step.bound.empty();
  if (!is_checked && !report::has_errors(out.diagnostics)) check(step, schema, ground, out);
  return out;
}

}  // namespace harbor::run
