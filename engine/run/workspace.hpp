// An open project: everything that is known before planning.
#pragma once

#include <memory>

#include "plan/catalog.hpp"
#include "plan/plan.hpp"
#include "plan/record.hpp"
#include "plugin/registry.hpp"
#include "report/trace.hpp"
#include "workflow/workflow.hpp"

namespace harbor::run {

/// Made once, then handed on. Not movable: its parts point at one another.
struct Workspace {
  workflow::Descriptor descriptor;
  workflow::Workflow workflow;
  std::shared_ptr<const plugin::Registry> registry;  ///< with the packs that the descriptor names
  std::unique_ptr<plan::Catalog> catalog;
  report::Diagnostics problems;  ///< found while opening it; reported with the planner's
  plan::Record record;           ///< that the last plan was made from
};

/// Where packs are looked for, and those that were found there; null before the first search.
/// `trace` reports a search.
struct PackSource {
  plugin::SearchPlan search;
  std::shared_ptr<const plugin::Registry> found;
  report::Trace trace = {};
};

/// Reads the descriptor and finds its packs. What is wrong with a step is kept in `problems`;
/// throws report::Error when there is no usable workflow. Must be called while the process has one
/// thread, like plugin::discover.
[[nodiscard]] std::unique_ptr<Workspace> open_workspace(const workflow::Project& project,
                                                        workflow::Request request,
                                                        const workflow::FileSystem& files,
                                                        PackSource packs);

/// What earlier runs left, as far as a plan for `target` needs it. Throws report::Error when the
/// state cannot be read.
[[nodiscard]] plan::Record read_record(const Workspace& workspace, const plan::Target& target);

/// The same for a state that was already read. Steps in `forgotten` are given up.
[[nodiscard]] plan::Record record_for(const plan::Target& target, const store::State& state,
                                      const std::vector<std::string>& forgotten);

/// A plan for `target` made from `record`, which the workspace keeps. Throws report::Error with
/// everything that is wrong, ordered by place.
[[nodiscard]] plan::Plan plan_or_throw(Workspace& workspace, const plan::Target& target,
                                       plan::Record record);

/// The same plan for a check, which goes on when something is wrong; what is wrong is added to
/// `problems`, in no order.
[[nodiscard]] plan::Plan plan_anyway(Workspace& workspace, const plan::Target& target,
                                     plan::Record record, report::Diagnostics& problems);

/// By file, line and column of the first label; what has none comes first.
void sort_by_place(report::Diagnostics& diagnostics);

}  // namespace harbor::run
