#include "plan/plan.hpp"

#include <algorithm>

#include "plan/planner.hpp"
#include "report/code_workflow.hpp"
#include "report/suggestion.hpp"

namespace harbor::plan {
using nlohmann::json;

namespace {

json request_json(const workflow::Request& request) {
  json out = {{"services", request.services},
              {"options", request.options},
              {"profile", request.profile},
              {"site", request.site}};
  out.update(request.extra);
  return out;
}

}  // namespace

Planner::Planner(const workflow::Descriptor& descriptor, const workflow::Workflow& workflow,
                 Catalog& catalog, const Target& target, const Record& record,
                 report::Diagnostics& diagnostics)
    : descriptor_(descriptor),
      workflow_(workflow),
      catalog_(catalog),
      target_(target),
      record_(record),
      diagnostics_(diagnostics) {
  plan_.command = descriptor.request.command;
  plan_.request = request_json(descriptor.request);
  plan_.sources = descriptor.sources;
}

Plan Planner::plan() && {
  // Planning goes on after an error, so that all of them can be fixed together.
  check_choices();
  collect();
  check_root_keys();
  check_hook_points();
  select();
  for (const auto& stage : workflow_.stages) add_stage(stage.name);
  if (target_.has_stage(destroy_stage)) add_undoing();
  add_stage(std::string(command_stage));
  add_hooks();
  return std::move(plan_);
}

void Planner::error(std::string_view code, std::string message, const document::Mark& mark,
                    std::string hint) {
  diagnostics_.push_back(
      report::diagnose(code, std::move(message), {{span(mark), ""}}, std::move(hint)));
}

void Planner::collect() {
  for (const auto& stage : workflow_.stages) {
    collect_hook("pre_" + stage.name, stage.name);
    for (const workflow::Step& step : stage.steps)
      if (step.section.empty() || !catalog_.is_bound_section(step.section))
        add_candidate(step, stage.name);
    collect_hook("post_" + stage.name, stage.name);
    // A command comes after the steps that are run for its sake.
    if (stage.name == "prepare" && target_.command) add_command();
  }
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    if (candidates_[i].written) by_id_.emplace(candidates_[i].written->id, i);
    if (candidates_[i].action)
      for (const auto& binding : candidates_[i].action->info->publishes)
        publishing_[binding.artifact].push_back(i);
  }
}

void Planner::collect_hook(const std::string& point, const std::string& stage) {
  const workflow::Hook* hook = workflow_.hook(point);
  if (!hook) return;
  for (const workflow::Step& step : hook->steps) add_candidate(step, stage);
}

void Planner::add_candidate(const workflow::Step& step, const std::string& stage) {
  Candidate candidate;
  candidate.written = &step;
  candidate.stage = stage;
  candidate.action = resolve_action(step);
  collect_step_references(step, candidate);
  candidates_.push_back(std::move(candidate));
}

void Planner::collect_step_references(const workflow::Step& step, Candidate& candidate) const {
  for (const auto& [key, value] : step.parameters)
    if (!is_literal(candidate.action, key)) collect_references(*value, candidate.references);
  collect_outside_references(candidate);
  if (step.for_each) collect_references(*step.for_each, candidate.references);
  if (step.when) collect_condition_references(*step.when, candidate.references);
}

void Planner::collect_outside_references(Candidate& candidate) const {
  if (!candidate.action) return;
  for (const auto& binding : candidate.action->info->consumes)
    if (const auto* value = outside_value(candidate, binding);
        value && !is_literal(candidate.action, binding.property))
      collect_references(*value, candidate.references);
}

void Planner::add_command() {
  Candidate candidate;
  candidate.stage = command_stage;
  auto found = catalog_.find(target_.command->action);
  if (found.problem) diagnostics_.push_back(*found.problem);
  candidate.action = found.action;
  collect_outside_references(candidate);
  candidates_.push_back(std::move(candidate));
}

const ResolvedAction* Planner::resolve_action(const workflow::Step& step) {
  std::string name = step.action;
  if (name.empty()) {
    auto section = catalog_.section(step.section);
    if (section.problem) {
      section.problem->labels = {{span(step.mark), ""}};
      diagnostics_.push_back(std::move(*section.problem));
      return nullptr;
    }
    name = section.action;
  }
  auto found = catalog_.find(name);
  // A misspelt action is reported once for each place where it is written.
  if (found.problem &&
      found.problem->code != report::code::unknown_choice) {  // reported where the choice is made
    found.problem->labels = {{span(step.mark), ""}};
    diagnostics_.push_back(std::move(*found.problem));
  }
  return found.action;
}

void Planner::check_choices() {
  for (const workflow::Choice& choice : workflow_.choices) {
    const auto providers = catalog_.registry().providers(choice.action);
    std::string ids;
    bool found = false;
    for (const auto& provider : providers) {
      ids += (ids.empty() ? "it is provided by " : ", ") + provider.pack->id;
      found |= provider.pack->id == choice.pack;
    }
    if (!found)
      error(report::code::unknown_choice, "no pack '" + choice.pack + "' provides " + choice.action,
            choice.mark, ids);
  }
}

bool Planner::stands_in_profile(const std::string& key) const {
  const auto* profiles = descriptor_.root.find("profiles");
  const auto* profile = profiles ? profiles->find(descriptor_.request.profile) : nullptr;
  return profile && profile->find(key);
}

void Planner::check_root_keys() {
  for (const auto& [key, mark] : workflow_.others) {
    if (catalog_.is_bound_key(key)) continue;
    std::vector<std::string> known = catalog_.bound_keys();
    known.insert(known.end(), std::begin(workflow::stage_names), std::end(workflow::stage_names));
    known.insert(known.end(),
                 {"version", "name", "description", "profiles", "plugins", "use", "hooks"});
    if (stands_in_profile(key)) known.insert(known.end(), {"services", "options"});
    error(report::code::unknown_key, "unknown key '" + key + "'", mark,
          report::did_you_mean(key, known));
  }
}

void Planner::check_hook_points() {
  if (workflow_.hooks.empty()) return;
  const auto known = hook_points(catalog_.registry());
  for (const workflow::Hook& hook : workflow_.hooks)
    if (!std::binary_search(known.begin(), known.end(), hook.point))
      error(report::code::unknown_key, "unknown hook point '" + hook.point + "'", hook.mark,
            report::did_you_mean(hook.point, known));
}

void Planner::add_hooks() {
  for (const workflow::Hook& hook : workflow_.hooks) {
    // Hooks of a stage are already ordinary steps of it, see collect_hook(). The others run when an
    // action raises their point, and which step does so is not known in advance.
    const bool of_stage = std::any_of(hook.steps.begin(), hook.steps.end(),
                                      [](const workflow::Step& s) { return !s.stage.empty(); });
    if (of_stage) continue;
    PlannedHook planned{hook.point, {}};
    for (const workflow::Step& step : hook.steps) {
      Candidate added{&step, "", resolve_action(step), true, true, {}, {}};
      collect_step_references(step, added);
      candidates_.push_back(std::move(added));
      planned.steps.push_back(bind(candidates_.size() - 1));
    }
    plan_.hooks.push_back(std::move(planned));
  }
}

std::vector<std::string> hook_points(const plugin::Registry& registry) {
  std::set<std::string> points;
  for (const auto stage : workflow::stage_names)
    for (const char* prefix : {"pre_", "post_"}) points.insert(prefix + std::string(stage));
  for (const auto& [name, provider] : registry.actions())
    points.insert(provider.action->hooks.begin(), provider.action->hooks.end());
  return {points.begin(), points.end()};
}

bool Target::has_stage(std::string_view stage) const {
  return std::find(stages.begin(), stages.end(), stage) != stages.end();
}

bool Plan::has_writes() const {
  return std::any_of(steps.begin(), steps.end(),
                     [](const PlannedStep& step) { return step.writes; });
}

std::vector<report::Label> Plan::labels(const document::Mark& mark) const {
  if (mark.source == 0) return {};
  return {{span(mark), ""}};
}

Plan make_plan(const workflow::Descriptor& descriptor, const workflow::Workflow& workflow,
               Catalog& catalog, const Target& target, const Record& record,
               report::Diagnostics& diagnostics) {
  return Planner(descriptor, workflow, catalog, target, record, diagnostics).plan();
}

}  // namespace harbor::plan
