// var/state/state.json: what is deployed now, and who made it. The truth for destroy, for status
// and for commands that use what was recorded; journals are history and may be deleted.
//
// One JSON document, replaced at once, mode 0600, sealed with a checksum:
//   {"format":1,"serial":7,"artifacts":{NAME:{"value":...,MAKER}},"states":[{"state":{},MAKER}]}
// Values stand here as actions gave them. Nothing is masked, since what is altered cannot be taken
// back: actions put references to secrets here, never secrets.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::store {

inline constexpr unsigned state_format = 1;

/// Who made a part of the state, and when. Order comes from the serial, never from a clock.
struct Maker {
  std::string step, action;
  std::string pack, pack_version;
  std::string run;           ///< id; its journal may be gone
  std::uint64_t serial = 0;  ///< of the state that first held it; the state gives it
};

struct RecordedArtifact {
  nlohmann::json value;
  Maker maker;
};

/// What a step saved for undo and status.
struct SavedState {
  nlohmann::json state;
  Maker maker;
};

struct State {
  std::uint64_t serial = 0;  ///< grows with each change; 0: nothing was ever deployed here
  std::map<std::string, RecordedArtifact> artifacts = {};
  std::vector<SavedState> states = {};  ///< the latest last; one for each step and action

  [[nodiscard]] bool is_empty() const noexcept { return artifacts.empty() && states.empty(); }
};

/// The state of a project; empty when there is no file. Throws report::Error H0706 (cannot be
/// read), H0708 (damaged) or H0709 (a newer Harbor wrote it). `var` is the project's folder.
[[nodiscard]] State read_state(const std::filesystem::path& var);

/// Changes the state of a project. Every change is on the disk when its function returns; when that
/// throws (report::Error H0705) the state is as it was. Thread-safe; have the lock of the project.
class StateFile {
 public:
  /// Throws what read_state throws.
  explicit StateFile(const std::filesystem::path& var);

  [[nodiscard]] State now() const;

  /// Replaces what that step and action saved before, and makes it the latest. The new serial.
  std::uint64_t save(SavedState saved);
  /// What the same step recorded in earlier runs is replaced as a whole: an output that it does not
  /// have any more is not deployed any more. The new serial.
  std::uint64_t record(const Maker& maker, const std::map<std::string, nlohmann::json>& artifacts);
  /// That step's state was taken back, or is given up. Nothing happens when there is none.
  void drop(std::string_view step, std::string_view action);
  /// Everything was taken down.
  void clear();

 private:
  void replace(State next);

  std::filesystem::path path_;
  mutable std::mutex mutex_;
  State state_;
};

}  // namespace harbor::store
