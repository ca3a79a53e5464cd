// What earlier runs of the project left behind, as their journals say.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "store/journal.hpp"

namespace harbor::plan {

/// What a step saved for undo and status.
struct SavedState {
  std::string step;
  std::string action;
  nlohmann::json state;

  friend bool operator==(const SavedState&, const SavedState&) = default;
};

/// What a plan may take from earlier runs.
struct Record {
  nlohmann::json artifacts = nlohmann::json::object();  ///< of the last run that recorded any
  std::vector<SavedState> states = {};  ///< not taken back yet, the latest first; one for a step

  friend bool operator==(const Record&, const Record&) = default;
};

/// Whether the run destroyed what was deployed, to the end: what stands before it is of no matter.
[[nodiscard]] bool took_down(const store::RunSummary& run);

/// Artifacts of the last run that recorded any since the last destroy that succeeded; an empty
/// object without one. `var` is the project's folder for state.
[[nodiscard]] nlohmann::json recorded_artifacts(const std::filesystem::path& var);

/// States that steps saved, also of runs that were interrupted, and that no run has taken back.
[[nodiscard]] std::vector<SavedState> saved_states(const std::filesystem::path& var);

}  // namespace harbor::plan
