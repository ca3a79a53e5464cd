#include "store/journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <mutex>

#include "report/code_store.hpp"
#include "report/time.hpp"
#include "store/record.hpp"
#include "store/seal.hpp"
#include "system/file_descriptor.hpp"

namespace harbor::store {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr long long reserve = 64 * 1024;

[[noreturn]] void fail(const fs::path& path, int error) {
  const bool is_full = error == ENOSPC || error == EDQUOT;
  throw report::Error{report::diagnose(
      report::code::journal_write,
      "cannot write the journal '" + path.string() + "': " + std::strerror(error), {},
      is_full ? "make room on its file system and run the command again"
              : "look at the owner and the mode of its folder, and at the disk")};
}

std::string make_line(const json& record, std::uint64_t seq) {
  json numbered = record.is_object() ? record : json{{"value", record}};
  numbered["seq"] = seq;
  numbered["time"] = report::rfc3339(std::chrono::system_clock::now());
  return sealed(numbered.dump(-1, ' ', false, json::error_handler_t::replace)) + '\n';
}

/// The record of a line, discarded when the line is not as append() wrote it.
json parse_line(std::string_view line) {
  const auto text = unsealed(line);
  if (!text) return json(json::value_t::discarded);
  json record = json::parse(*text, nullptr, false);
  const bool is_numbered =
      record.is_object() && record.contains("seq") && record["seq"].is_number_unsigned();
  return is_numbered ? record : json(json::value_t::discarded);
}

/// What is told of a journal that begins like this.
std::optional<report::Diagnostic> newer_format(std::string_view name, const json& first) {
  const Record record = record_from(first);
  const auto* started = std::get_if<RunStarted>(&record);
  if (!started || started->format <= journal_format) return std::nullopt;
  return report::diagnose(
      report::code::newer_format,
      "the journal '" + std::string{name} + "' has format " + std::to_string(started->format) +
          ", and this Harbor knows formats up to " + std::to_string(journal_format),
      {}, "what follows is what this Harbor understands; a newer one shows all of it");
}

report::Diagnostic corruption_at(std::string_view name, std::uint32_t line,
                                 const std::string& what) {
  return report::diagnose(
      report::code::journal_corrupt, "the journal is damaged: " + what,
      {{{std::string{name}, line, 0, 0}, {}}},
      "what follows is what can still be read; delete the file when it is not needed");
}

}  // namespace

struct Journal::State {
  fs::path path;
  system::FileDescriptor file;
  std::mutex mutex;
  long long end = 0;       ///< where the next line goes
  long long reserved = 0;  ///< the file's size
  std::uint64_t seq = 0;
  int broken = 0;  ///< errno of a failed sync: what is on the disk is not known any more

  /// Room for a failure to be recorded, always. Failing to reserve it does not matter until there
  /// really is no room.
  int reserve_room() {
    if (reserved - end >= reserve) return 0;
    const int failed = ::posix_fallocate(file.get(), end, 2 * reserve);
    if (failed == 0) reserved = end + 2 * reserve;
    return failed;
  }
};

Journal::Journal(const fs::path& var, std::string_view run) : state_(std::make_unique<State>()) {
  const fs::path folder = var / "runs";
  state_->path = folder / (std::string{run} + ".jsonl");
  if (!is_run_id(run)) fail(state_->path, EINVAL);
  if (const int failed = system::make_folders(folder)) fail(state_->path, failed);
  state_->file = system::open_path(state_->path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (!state_->file.is_open()) fail(state_->path, errno);
  int failed = state_->reserve_room();
  if (!failed && ::fsync(state_->file.get()) != 0) failed = errno;
  if (!failed) failed = system::sync_folder(folder);
  if (!failed) return;
  ::unlink(state_->path.c_str());
  fail(state_->path, failed);
}

Journal::~Journal() {
  if (::ftruncate(state_->file.get(), state_->end) != 0) errno = 0;
}

void Journal::append(const json& record, Sync sync) {
  const std::scoped_lock guard{state_->mutex};
  if (state_->broken) fail(state_->path, state_->broken);
  const std::string line = make_line(record, state_->seq + 1);
  static_cast<void>(state_->reserve_room());
  // A line that fails half-way is overwritten by the next one, or is the torn end.
  if (const int failed = system::write_at(state_->file.get(), line, state_->end))
    fail(state_->path, failed);
  if (sync == Sync::now && ::fdatasync(state_->file.get()) != 0) {
    state_->broken = errno;
    fail(state_->path, state_->broken);
  }
  state_->end += static_cast<long long>(line.size());
  state_->reserved = std::max(state_->reserved, state_->end);
  ++state_->seq;
}

JournalText parse_journal(std::string_view text, std::string_view name) {
  JournalText journal;
  std::uint64_t last = 0;
  std::uint32_t number = 0;
  std::uint32_t first_bad = 0;
  for (std::size_t end = 0; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
    ++number;
    json record = parse_line(text.substr(0, end));
    if (record.is_discarded()) {
      if (first_bad == 0) first_bad = number;
      continue;
    }
    const auto seq = record["seq"].get<std::uint64_t>();
    if (first_bad != 0 && !journal.problem) {
      journal.problem = corruption_at(name, first_bad, "this line does not match its checksum");
    } else if (seq != last + 1 && !journal.problem) {
      journal.problem = corruption_at(
          name, number,
          "record " + std::to_string(last + 1) + " should stand here, not " + std::to_string(seq));
    }
    last = seq;
    if (last == 1 && !journal.problem) journal.problem = newer_format(name, record);
    journal.records.push_back(std::move(record));
  }
  return journal;
}

}  // namespace harbor::store
