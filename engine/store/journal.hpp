// var/runs/<run-id>.jsonl: what a run meant to do and did. Append only; every line carries a
// CRC-32C and is on the disk before append() returns. Holds no secrets: the caller masks.
//
// Journals are history: nothing but `harbor history` reads them, and they may be deleted at any
// time. What is deployed stands in the state. The records are those of record.hpp. A line is the
// record with "seq" (from 1) and "time" (RFC 3339), then "crc" over all that stands before it:
// {"event":...,"seq":1,"time":"...","crc":"0123abcd"}.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/diagnostic.hpp"

namespace harbor::store {

enum class Sync : std::uint8_t { now, later };

/// Writes one run's journal. Safe to use from several threads.
class Journal {
 public:
  /// Creates var/runs/<run>.jsonl (0600, folders 0700), which must not exist yet, keeps 64 KiB
  /// reserved after its end so that a failure can be recorded on a full disk, and syncs the
  /// folder. Throws report::Error H0703.
  Journal(const std::filesystem::path& var, std::string_view run);
  /// Gives back what is still reserved.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Appends one record, a JSON object; "seq", "time" and the CRC are added. Durable when it
  /// returns. Throws report::Error H0703; when the disk failed to sync, every later call does so as
  /// well. A record that need not survive a power failure may go to the disk with the next one
  /// that must.
  void append(const nlohmann::json& record, Sync sync = Sync::now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What can be read of a journal: every good record, in order. A torn end (incomplete lines, NUL
/// bytes of the reserve) is dropped; a bad or missing line with good ones after it is corruption.
/// Never throws on what it reads.
struct JournalText {
  std::vector<nlohmann::json> records;
  std::optional<report::Diagnostic> problem;  ///< H0704 with the line, or H0709
};
[[nodiscard]] JournalText parse_journal(std::string_view text, std::string_view name);

/// A run as `status` and `history` show it.
struct RunSummary {
  std::string run;
  std::string command;
  std::string started;  ///< RFC 3339
  std::string outcome;  ///< success, noop, failure, cancelled, timeout; "interrupted" when it never
                        ///< ended; "running"
  double seconds = 0;
  std::vector<nlohmann::json> records;
  std::optional<report::Diagnostic> problem = {};  ///< H0704: the journal is damaged, and what is
                                                   ///< here is what is left; H0706, H0709
};

/// Ids of the runs that have a journal, newest first.
[[nodiscard]] std::vector<std::string> run_ids(const std::filesystem::path& var);

/// Runs, newest first, at most `count` (0: all). A journal that cannot be read stands there with
/// its diagnostic.
[[nodiscard]] std::vector<RunSummary> list_runs(const std::filesystem::path& var,
                                                std::size_t count = 0);
[[nodiscard]] std::optional<RunSummary> read_run(const std::filesystem::path& var,
                                                 std::string_view run);

/// A new run id: sortable by time, unique: "20261121-074512-3fa9c1".
[[nodiscard]] std::string new_run_id();

/// Whether `text` has the form of a run id; nothing else is ever made a file name.
[[nodiscard]] bool is_run_id(std::string_view text) noexcept;

/// Deletes the journals of the oldest runs beyond `keep`. Call it with the lock held. What cannot
/// be deleted stays.
void prune_runs(const std::filesystem::path& var, std::size_t keep);

}  // namespace harbor::store
