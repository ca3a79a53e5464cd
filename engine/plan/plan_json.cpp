#include "plan/plan_json.hpp"

#include <algorithm>

#include "plan/members.hpp"
#include "plan/planner.hpp"
#include "plan/step_json.hpp"
#include "system/sha256.hpp"

namespace harbor::plan {
using nlohmann::json;

namespace {

/// Counts the layouts of the JSON.
constexpr std::uint64_t format = 1;

// A descriptor nests 64 deep, and each level of an expression takes three of JSON. Copying a value
// recurses, so a bound keeps a hostile file from using up the stack.
constexpr unsigned max_depth = 256;

bool is_shallow(const json& value, unsigned levels) {
  if (!value.is_structured()) return true;
  if (levels == 0) return false;
  return std::all_of(value.begin(), value.end(),
                     [&](const json& item) { return is_shallow(item, levels - 1); });
}

document::Sources sources_from(const Members& read) {
  document::Sources sources;
  for (std::size_t i = 0; const json& row : read.list("sources")) {
    const Members source(row, read.at("sources") + "/" + std::to_string(i++), {"name", "layer"});
    sources.push_back({source.text("name"), source.text("layer")});
  }
  return sources;
}

/// A run goes through the steps stage by stage and relies on the order that make_plan() guarantees.
void check_order(const Plan& plan) {
  std::vector<std::string> stages;
  std::size_t first = 0;  // step of the stage
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const PlannedStep& step = plan.steps[i];
    const auto at = "/steps/" + std::to_string(i);
    if (stages.empty() || stages.back() != step.stage) {
      stages.push_back(step.stage);
      first = i;
    }
    if (step.stage != command_stage && !workflow::is_stage(step.stage))
      refuse_plan(at + "/stage", "'" + step.stage + "' is not a stage");
    const bool is_sorted =
        std::is_sorted(step.after.begin(), step.after.end(), std::less_equal<>());
    if (!is_sorted ||
        (!step.after.empty() && (step.after.front() < first || step.after.back() >= i)))
      refuse_plan(at + "/after", "earlier steps of the same stage are expected, in order");
    for (const Bound& bound : step.bound)
      if (bound.step >= i) refuse_plan(at + "/bound", "an earlier step is expected");
  }
  // A destroy without steps stays in: it is worth recording that nothing is left to take down.
  const bool has_empty_destroy =
      plan.stages.size() == stages.size() + 1 && plan.stages.back() == destroy_stage;
  if (has_empty_destroy) stages.emplace_back(destroy_stage);
  auto distinct = stages;
  std::sort(distinct.begin(), distinct.end());
  if (stages != plan.stages ||
      std::adjacent_find(distinct.begin(), distinct.end()) != distinct.end())
    refuse_plan("/stages", "the stages of the steps are expected, each once");
}

void check_hooks(const Plan& plan) {
  for (std::size_t i = 0; i < plan.hooks.size(); ++i)
    for (const PlannedStep& step : plan.hooks[i].steps) {
      const auto at = "/hooks/" + std::to_string(i);
      if (!step.after.empty()) refuse_plan(at, "steps of a hook wait for nothing");
      for (const Bound& bound : step.bound)
        if (bound.step >= plan.steps.size()) refuse_plan(at, "a step of the plan is expected");
    }
}

std::vector<PlannedStep> steps_from(const Members& read, std::size_t sources) {
  std::vector<PlannedStep> steps;
  for (std::size_t i = 0; const json& row : read.list("steps"))
    steps.push_back(step_from_json(row, read.at("steps") + "/" + std::to_string(i++), sources));
  return steps;
}

}  // namespace

json to_json(const Plan& plan) {
  json out = {{"format", format},
              {"command", plan.command},
              {"stages", plan.stages},
              {"request", plan.request}};
  for (auto& sources = out["sources"] = json::array(); const auto& source : plan.sources)
    sources.push_back({{"name", source.name}, {"layer", source.layer}});
  for (auto& steps = out["steps"] = json::array(); const auto& step : plan.steps)
    steps.push_back(step_to_json(step));
  for (auto& hooks = out["hooks"] = json::array(); const auto& hook : plan.hooks) {
    json steps = json::array();
    for (const auto& step : hook.steps) steps.push_back(step_to_json(step));
    hooks.push_back({{"point", hook.point}, {"steps", std::move(steps)}});
  }
  return out;
}

Plan from_json(const json& value) {
  if (!is_shallow(value, max_depth)) refuse_plan("", "it nests too deep");
  const Members read(value, "",
                     {"format", "command", "stages", "request", "sources", "steps", "hooks"});
  if (read.number("format", format) != format) refuse_plan("/format", "1 is expected");
  Plan plan;
  plan.command = read.text("command");
  plan.request = read.object("request");
  plan.sources = sources_from(read);
  for (std::size_t i = 0; const json& stage : read.list("stages"))
    plan.stages.push_back(text_of(stage, read.at("stages") + "/" + std::to_string(i++)));
  plan.steps = steps_from(read, plan.sources.size());
  for (std::size_t i = 0; const json& row : read.list("hooks")) {
    const Members hook(row, read.at("hooks") + "/" + std::to_string(i++), {"point", "steps"});
    plan.hooks.push_back({hook.name("point"), steps_from(hook, plan.sources.size())});
  }
  check_order(plan);
  check_hooks(plan);
  return plan;
}

std::string digest(const Plan& plan) {
  // Members of an object are sorted. Text that is not UTF-8 must not end the program here.
  return system::sha256(to_json(plan).dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace harbor::plan
