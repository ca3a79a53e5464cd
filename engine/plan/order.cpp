// The order of a stage's steps.
#include <algorithm>
#include <functional>
#include <queue>

#include "plan/planner.hpp"
#include "report/code_workflow.hpp"
#include "report/suggestion.hpp"

namespace harbor::plan {
using nlohmann::json;

void Planner::add_stage(const std::string& stage) {
  std::vector<std::size_t> members;
  for (std::size_t i = 0; i < candidates_.size(); ++i)
    if (candidates_[i].selected && candidates_[i].stage == stage) members.push_back(i);
  if (members.empty()) return;
  plan_.stages.push_back(stage);
  const auto order = ordered(members);
  // Steps are bound in running order, since a step can only bind to one that has its place in the
  // plan; the edges follow later, since they may name steps whose place was not known yet.
  for (const auto i : order) {
    position_[i] = plan_.steps.size();
    plan_.steps.push_back(bind(i));
  }
  for (const auto i : order) {
    auto& after = plan_.steps[position_[i]].after;
    for (const auto before : edges_[i])
      if (const auto found = position_.find(before); found != position_.end())
        after.push_back(found->second);
    std::sort(after.begin(), after.end());
    after.erase(std::unique(after.begin(), after.end()), after.end());
  }
}

std::vector<std::size_t> Planner::ordered(const std::vector<std::size_t>& members) {
  std::vector<std::size_t> open;  // steps that the next one without `needs` waits for
  std::set<std::size_t> here(members.begin(), members.end());
  for (const auto i : members) {
    const Candidate& candidate = candidates_[i];
    auto& edges = edges_[i];
    if (candidate.written && candidate.written->needs) {
      for (const auto& [id, mark] : *candidate.written->needs) add_need(i, id, mark, here);
      // It does not wait for the steps above it, but a later step without `needs` waits for it:
      // leaving `needs` out always means "after all of that".
      open.push_back(i);
    } else {
      edges.insert(edges.end(), open.begin(), open.end());
      open = {i};
    }
    add_implied_edges(i, here);
  }
  return sorted(members);
}

void Planner::add_need(std::size_t i, const std::string& id, const document::Mark& mark,
                       const std::set<std::size_t>& here) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) {
    std::vector<std::string> ids;
    for (const auto& [known, unused] : by_id_) ids.push_back(known);
    return error(report::code::bad_reference, "no step has the id '" + id + "'", mark,
                 report::did_you_mean(id, ids));
  }
  // A step of an earlier stage has ended before this one starts, or is not part of this plan: no
  // edge is needed.
  if (here.contains(found->second))
    edges_[i].push_back(found->second);
  else if (found->second > i)
    error(report::code::bad_reference, "step '" + id + "' runs in a later stage", mark);
}

void Planner::add_implied_edges(std::size_t i, const std::set<std::size_t>& here) {
  const Candidate& candidate = candidates_[i];
  // A step always waits for the steps it reads from, whatever its `needs` say: without that, a
  // forgotten entry would work only as long as the two happen not to run at the same time.
  for (const auto& reference : candidate.references)
    if (const auto step = step_of(reference.name); step && here.contains(*step) && *step != i)
      edges_[i].push_back(*step);
  if (!candidate.action) return;
  for (const auto& binding : candidate.action->info->consumes)
    if (!is_given(candidate, binding.property))
      if (const auto provider = provider_of(i, binding.artifact);
          provider && here.contains(*provider))
        edges_[i].push_back(*provider);
}

std::vector<std::size_t> Planner::sorted(const std::vector<std::size_t>& members) {
  std::map<std::size_t, std::size_t> waiting;
  std::map<std::size_t, std::vector<std::size_t>> followers;
  for (const auto i : members) {
    std::set<std::size_t> unique(edges_[i].begin(), edges_[i].end());
    waiting[i] = unique.size();
    for (const auto before : unique) followers[before].push_back(i);
  }
  // Of the steps that are ready, the one written first comes first, so that the same descriptor
  // always gives the same plan and the same digest.
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (const auto& [i, count] : waiting)
    if (count == 0) ready.push(i);
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const auto i = ready.top();
    ready.pop();
    order.push_back(i);
    for (const auto next : followers[i])
      if (--waiting[next] == 0) ready.push(next);
  }
  if (order.size() < members.size()) report_cycle(members, order);
  return order;
}

void Planner::report_cycle(const std::vector<std::size_t>& members,
                           const std::vector<std::size_t>& order) {
  const std::set<std::size_t> done(order.begin(), order.end());
  report::Diagnostic problem = report::diagnose(
      report::code::step_cycle, "steps wait for one another", {},
      "remove one of the `needs`; a step without `needs` waits for every step above it");
  for (const auto i : members)
    if (!done.contains(i) && candidates_[i].written && problem.labels.size() < 8)
      problem.labels.push_back(
          {span(candidates_[i].written->mark), "step '" + candidates_[i].written->id + "'"});
  diagnostics_.push_back(std::move(problem));
}

void Planner::add_undoing() {
  std::vector<std::size_t> before;
  for (std::size_t i = 0; i < plan_.steps.size(); ++i)
    if (plan_.steps[i].stage == destroy_stage) before.push_back(i);
  // It is part of the plan even without a step: the run folder is removed at its end.
  if (plan_.stages.empty() || plan_.stages.back() != destroy_stage)
    plan_.stages.emplace_back(destroy_stage);
  for (const SavedState& saved : record_.states) {
    auto found = catalog_.find(saved.action);
    if (found.problem) {
      found.problem->hint = "step '" + saved.step + "' of an earlier run used it; install " +
                            (saved.pack.empty() ? "its pack" : saved.pack) +
                            (saved.pack_version.empty() ? "" : " " + saved.pack_version) +
                            " again, or give up what that step made: `harbor destroy --forget " +
                            saved.step + "`";
      diagnostics_.push_back(std::move(*found.problem));
      continue;
    }
    if (!found.action->info->has_undo) continue;
    // One after the other, although most could run at once: what was made later may use what was
    // made before, and the state does not say whether it does.
    PlannedStep step;
    step.id = "undo:" + saved.step;
    step.stage = destroy_stage;
    step.action = saved.action;
    step.pack = found.action->pack->id;
    step.saved = saved;
    step.undoes = true;
    step.writes = may_write(*found.action, step);
    step.after = before;
    before = {plan_.steps.size()};
    plan_.steps.push_back(std::move(step));
  }
}

}  // namespace harbor::plan
