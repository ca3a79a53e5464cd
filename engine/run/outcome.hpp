// The outcome of an operation, of a step and of a run.
#pragma once

#include <harbor/plugin.h>

#include <vector>

#include "report/event.hpp"
#include "run/run.hpp"

namespace harbor::run {

/// It blocks nothing that follows.
[[nodiscard]] bool is_good(report::Outcome outcome) noexcept;

/// `writes`: the step may change something, so that OK alone does not mean that it did nothing.
[[nodiscard]] report::Outcome outcome_of(harbor_status status, bool writes) noexcept;

/// Whether another attempt may end differently; a refusal of the input never does.
[[nodiscard]] bool is_worth_retrying(harbor_status status) noexcept;

/// The outcome of a run; `forgiven`: the steps, as in `steps`, whose failure it survives.
[[nodiscard]] report::Outcome overall(const std::vector<StepReport>& steps,
                                      const std::vector<bool>& forgiven);

}  // namespace harbor::run
