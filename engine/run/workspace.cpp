#include "run/workspace.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace harbor::run {
namespace fs = std::filesystem;

namespace {

std::string span_key(const report::Diagnostic& diagnostic) {
  if (diagnostic.labels.empty()) return {};
  const auto& span = diagnostic.labels.front().span;
  char at[32];
  std::snprintf(at, sizeof at, ":%08u:%08u", span.line, span.column);
  return span.file + at;
}

/// A pack that the descriptor names must be there; one that was merely found may be refused
/// quietly.
report::Diagnostics refused_by_name(const plugin::Registry& registry,
                                    const std::vector<plugin::SearchPlan::Named>& all_named) {
  report::Diagnostics problems;
  for (const auto& refusal : registry.refusals())
    for (const auto& named : all_named)
      if (refusal.file == named.file ||
          fs::path(refusal.file).filename() == named.file.filename()) {
        auto problem = refusal.diagnostic;
        if (problem.labels.empty()) problem.labels.push_back({named.span, ""});
        problems.push_back(std::move(problem));
      }
  return problems;
}

}  // namespace

std::unique_ptr<Workspace> open_workspace(const workflow::Project& project,
                                          workflow::Request request,
                                          const workflow::FileSystem& files, PackSource packs) {
  auto out = std::make_unique<Workspace>();
  out->descriptor = workflow::load_descriptor(project, std::move(request), files);
  out->workflow = workflow::parse_workflow(out->descriptor, out->problems);
  auto& named = packs.search.named;
  for (const auto& pack : out->workflow.packs)
    named.push_back(
        {(project.folder / pack.path).lexically_normal(), out->descriptor.span(pack.mark)});
  out->registry = std::move(packs.found);
  // Packs that are named are searched first: they may take precedence over those that were found.
  if (!out->registry || !named.empty())
    out->registry =
        std::make_shared<const plugin::Registry>(plugin::discover(packs.search, packs.trace));
  auto refused = refused_by_name(*out->registry, named);
  std::move(refused.begin(), refused.end(), std::back_inserter(out->problems));
  out->catalog = std::make_unique<plan::Catalog>(*out->registry, out->workflow.choices);
  return out;
}

plan::Record record_for(const plan::Target& target, const store::State& state,
                        const std::vector<std::string>& forgotten) {
  auto record = plan::record_of(state, forgotten);
  if (!target.has_stage("destroy")) record.states.clear();
  return record;
}

plan::Record read_record(const Workspace& workspace, const plan::Target& target) {
  return record_for(target, store::read_state(workspace.descriptor.project.var()), {});
}

plan::Plan plan_anyway(Workspace& workspace, const plan::Target& target, plan::Record record,
                       report::Diagnostics& problems) {
  workspace.record = std::move(record);
  problems.insert(problems.end(), workspace.problems.begin(), workspace.problems.end());
  return plan::make_plan(workspace.descriptor, workspace.workflow, *workspace.catalog, target,
                         workspace.record, problems);
}

plan::Plan plan_or_throw(Workspace& workspace, const plan::Target& target, plan::Record record) {
  report::Diagnostics diagnostics;
  auto plan = plan_anyway(workspace, target, std::move(record), diagnostics);
  if (diagnostics.empty()) return plan;
  sort_by_place(diagnostics);
  throw report::Error(std::move(diagnostics));
}

void sort_by_place(report::Diagnostics& diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [](const auto& a, const auto& b) { return span_key(a) < span_key(b); });
}

}  // namespace harbor::run
