// Whether the capabilities that an action requires are provided.
#pragma once

#include <vector>

#include "plugin/registry.hpp"
#include "report/diagnostic.hpp"
#include "workflow/workflow.hpp"

namespace harbor::plan {

/// A diagnostic (H0224), without a span, for each capability that `action` requires and no action
/// of the registry provides. An action does not count if `choices` give its name to another pack;
/// the hint names it, since that can be changed.
[[nodiscard]] report::Diagnostics missing_capabilities(
    const plugin::ActionInfo& action, const plugin::Registry& registry,
    const std::vector<workflow::Choice>& choices);

}  // namespace harbor::plan
