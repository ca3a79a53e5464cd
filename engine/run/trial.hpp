// Tries a stage out: a second Harbor, in its own process, on a copy of the project.
#pragma once

#include <filesystem>

#include "host/call.hpp"

namespace harbor::run {

/// How `harbor` runs the stage. Pure.
[[nodiscard]] process::Command trial_command(const std::filesystem::path& harbor,
                                             const host::StageTrial& trial);

/// What host::Services::try_stage is in a run: `harbor` is the program that runs now. A process of
/// its own, because the packs of the copy must not be loaded into this one, and its secrets belong
/// in another vault.
[[nodiscard]] host::StageRunner stage_runner(std::filesystem::path harbor,
                                             host::ProcessRunner run_process);

}  // namespace harbor::run
