// var/runs/<run-id>.jsonl: what a run meant to do and did. Append only; every line carries a CRC-32C and is on the disk
// before append() returns. Holds no secrets: the caller masks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/diagnostic.hpp"

namespace harbor::store {

/// Writes one run's journal. Safe to use from several threads.
class Journal {
 public:
  /// Creates var/runs/<run>.jsonl (0600, folders 0700), reserves 64 KiB so that a full disk can still be recorded, and
  /// syncs the folder. Throws report::Error H0703.
  Journal(const std::filesystem::path& var, std::string_view run);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Appends one record; "seq", "time" and the CRC are added. Durable when it returns. Throws report::Error H0703.
  void append(const nlohmann::json& record);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What can be read of a journal. A torn last line is dropped; a bad line with good ones behind it is corruption.
struct JournalText {
  std::vector<nlohmann::json> records;
  std::optional<report::Diagnostic> corruption;  ///< H0704
};
[[nodiscard]] JournalText parse_journal(std::string_view text, std::string_view name);

/// A run as `status` and `history` show it.
struct RunSummary {
  std::string run;
  std::string command;
  std::string started;   ///< RFC 3339
  std::string outcome;   ///< success, noop, failure, cancelled, timeout; "interrupted" when it never ended; "running"
  double seconds = 0;
  std::vector<nlohmann::json> records;
};

/// Runs, newest first, at most `count` (0: all).
[[nodiscard]] std::vector<RunSummary> list_runs(const std::filesystem::path& var, std::size_t count = 0);
[[nodiscard]] std::optional<RunSummary> read_run(const std::filesystem::path& var, std::string_view run);

/// A new run id: sortable by time, unique: "20261121-074512-3fa9c1".
[[nodiscard]] std::string new_run_id();

/// Deletes the journals of the oldest runs beyond `keep`.
void prune_runs(const std::filesystem::path& var, std::size_t keep);

}  // namespace harbor::store
