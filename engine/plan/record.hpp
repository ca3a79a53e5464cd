// What earlier runs of the project left behind, as a plan sees it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "store/state.hpp"

namespace harbor::plan {

/// What a step saved for undo and status.
struct SavedState {
  std::string step;
  std::string action;
  nlohmann::json state;
  std::string pack = {};  ///< that provided the action: id and version
  std::string pack_version = {};

  friend bool operator==(const SavedState&, const SavedState&) = default;
};

/// What a plan may take from earlier runs.
struct Record {
  nlohmann::json artifacts = nlohmann::json::object();
  std::vector<SavedState> states = {};  ///< not undone yet, the latest first; one per step

  friend bool operator==(const Record&, const Record&) = default;
};

/// Steps in `forgotten` are given up: their states are left out.
[[nodiscard]] Record record_of(const store::State& state,
                               const std::vector<std::string>& forgotten = {});

}  // namespace harbor::plan
