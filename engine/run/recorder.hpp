// What a run leaves for later ones: the journal, which is history, and the state of the project,
// which is the truth.
#pragma once

#include <atomic>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "plan/plan.hpp"
#include "report/diagnostic.hpp"
#include "report/event.hpp"
#include "secret/masker.hpp"
#include "store/journal.hpp"
#include "store/record.hpp"
#include "store/state.hpp"

namespace harbor::run {

/// Texts in inputs and outputs, and whole properties, of more bytes than this are recorded as their
/// digest: {"$digest":"sha256:...","bytes":N}.
inline constexpr std::size_t longest_text = 1024;
inline constexpr std::size_t longest_property = 8192;

/// A journal is history, not a log: an action that warns without end must not fill the disk.
inline constexpr unsigned kept_log_lines = 1000;

/// Replaces what is longer than that in an object of properties.
void bound(nlohmann::json& properties);

/// Thread-safe. Without journal and state nothing is kept. All functions throw report::Error when
/// what they keep cannot be written.
class Recorder {
 public:
  /// All arguments outlive the recorder; both pointers may be null.
  Recorder(store::Journal* journal, store::StateFile* state, const secret::Masker& masker,
           std::string run_id);

  [[nodiscard]] bool keeps_state() const noexcept { return state_ != nullptr; }

  /// Appends to the journal: free text masked, long texts as digests.
  void note(store::Record record, store::Sync sync = store::Sync::now);

  /// A line that the step logged, when it is a warning or carries fields.
  void log(const plan::PlannedStep& step, const report::Event& line);

  /// What is needed to undo the step. It is on disk, exactly as the action gave it, when this
  /// returns.
  void save_state(const plan::PlannedStep& step, const plan::ResolvedAction& action,
                  const std::string& id, const nlohmann::json& state);
  /// Those properties of the step's output that its action wants recorded.
  void record_artifacts(const plan::PlannedStep& step, const plan::ResolvedAction& action,
                        const nlohmann::json& output);
  /// The step undid what `step.saved` describes.
  void undone(const plan::PlannedStep& step);
  /// Drops what this step saved. Does nothing when it saved nothing.
  void forget(std::string_view step);
  /// Call when everything was taken down.
  void clear_state();

 private:
  [[nodiscard]] store::Maker maker_of(const plan::ResolvedAction& action, std::string id) const;

  store::Journal* journal_;
  store::StateFile* state_;
  const secret::Masker& masker_;
  std::string run_id_;
  std::atomic<unsigned> log_lines_ = 0;
};

}  // namespace harbor::run
