// What a journal says: every kind of record as a type, and its JSON, both ways. The one place that
// spells the words of a journal.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace harbor::store {

/// Raised when a reader of the format before would misunderstand a journal. New kinds of records
/// and new members are no reason.
inline constexpr unsigned journal_format = 1;

/// The first record of a run.
struct RunStarted {
  unsigned format = journal_format;
  std::string command;
  std::vector<std::string> stages;
  nlohmann::json request;  ///< services, options, profile, site
  std::int64_t pid = 0;
};

/// Before each attempt of a step that may change something: it is on the disk before the action is
/// called.
struct StepIntent {
  std::string step, action;
  unsigned attempt = 1;
};

/// How an attempt ended. For a step that changes nothing this is all that is recorded of it.
struct StepResult {
  std::string step, action;
  unsigned attempt = 1;
  std::string outcome;
  std::string code;     ///< of the first diagnostic; empty without one
  std::string message;  ///< free text
  nlohmann::json input,
      output;  ///< null when there is none; references to secrets; what is long as its digest
  nlohmann::json detail = nullptr;  ///< what the pack added to the diagnostic, an object; likewise
};

/// A line that an action logged: a warning, an error, or one with fields for programs. Only the
/// first thousand of a run are kept.
struct StepLog {
  std::string step, action;
  std::string level;      ///< "info", "warn" ...
  std::string text;       ///< free text
  nlohmann::json fields;  ///< null without any; what is long as its digest
};

/// What stands in var/state now that did not before, or no longer.
struct StateSaved {
  std::string step, action;
  std::uint64_t serial = 0;  ///< of the state that holds it
};
struct ArtifactRecorded {
  std::string artifact, step, action;
  std::uint64_t serial = 0;
};
struct StepUndone {
  std::string step, action;
};
/// Given up by `destroy --forget`, not undone.
struct StateForgotten {
  std::string step, action;
};

struct StepSummary {
  std::string id, stage, action, outcome;
  double seconds = 0;
};

/// The last record of a run that came to its end.
struct RunFinished {
  std::string outcome;
  double seconds = 0;
  std::vector<StepSummary> steps;
};

/// A kind that this Harbor does not know: a newer one wrote it. Kept as it is.
struct UnknownRecord {
  nlohmann::json value;
};

using Record =
    std::variant<RunStarted, StepIntent, StepResult, StepLog, StateSaved, ArtifactRecorded,
                 StepUndone, StateForgotten, RunFinished, UnknownRecord>;

[[nodiscard]] nlohmann::json to_json(const Record& record);

/// Never throws: a member that is missing or has another type gets its default.
[[nodiscard]] Record record_from(const nlohmann::json& value);

/// Applies `mask` to what is free text: messages, fields and details, and the texts within inputs
/// and outputs. The record's own words stay (names of events, steps and actions, codes, keys), and
/// the properties of inputs and outputs, whatever a secret is called.
void mask_free_text(Record& record, const std::function<std::string(std::string_view)>& mask);

}  // namespace harbor::store
