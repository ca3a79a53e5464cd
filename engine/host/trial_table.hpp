// The optional table "harbor.trial.v1": a stage, run on a copy of the workspace.
#pragma once

#include <harbor/trial.h>

namespace harbor::host {

/// Lives as long as the process.
[[nodiscard]] const harbor_trial& trial_table() noexcept;

}  // namespace harbor::host
