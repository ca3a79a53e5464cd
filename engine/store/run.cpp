// The runs whose journals are kept.
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <functional>

#include "report/code_store.hpp"
#include "store/journal.hpp"
#include "store/lock.hpp"
#include "store/record.hpp"
#include "system/file.hpp"

namespace harbor::store {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t journal_limit = 256u << 20;

fs::path journal_path(const fs::path& var, std::string_view run) {
  return var / "runs" / (std::string{run} + ".jsonl");
}

RunSummary summarise(std::string run, JournalText journal, bool is_running) {
  RunSummary summary;
  summary.run = std::move(run);
  summary.outcome = is_running ? "running" : "interrupted";
  for (const json& record : journal.records) {
    const Record typed = record_from(record);
    if (const auto* started = std::get_if<RunStarted>(&typed)) {
      summary.command = started->command;
      const auto time = record.find("time");
      if (time != record.end() && time->is_string()) summary.started = *time;
    } else if (const auto* finished = std::get_if<RunFinished>(&typed)) {
      summary.outcome = finished->outcome;
      summary.seconds = finished->seconds;
    }
  }
  summary.records = std::move(journal.records);
  summary.problem = std::move(journal.problem);
  return summary;
}

std::optional<RunSummary> read_run_of(const fs::path& var, const std::string& run,
                                      const std::optional<LockHolder>& holder) {
  const fs::path path = journal_path(var, run);
  const bool is_running = holder && holder->run == run;
  try {
    const auto text = system::read_file(path, journal_limit);
    if (!text) return std::nullopt;
    return summarise(run, parse_journal(*text, path.string()), is_running);
  } catch (const report::Error& error) {
    RunSummary summary = summarise(run, {}, is_running);
    summary.problem = error.diagnostics().front();
    return summary;
  }
}

}  // namespace

std::vector<std::string> run_ids(const fs::path& var) {
  std::vector<std::string> ids;
  std::error_code error;
  for (fs::directory_iterator entry{var / "runs", error}, end; !error && entry != end;
       entry.increment(error)) {
    const fs::path name = entry->path().filename();
    if (name.extension() == ".jsonl" && is_run_id(name.stem().string()))
      ids.push_back(name.stem().string());
  }
  if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory)
    throw report::Error{report::diagnose(
        report::code::read_failed,
        "cannot list the runs in '" + (var / "runs").string() + "': " + error.message(), {},
        "look at its owner and mode")};
  std::sort(ids.begin(), ids.end(), std::greater<>{});
  return ids;
}

std::vector<RunSummary> list_runs(const fs::path& var, std::size_t count) {
  const auto holder = lock_holder(var);
  std::vector<RunSummary> runs;
  for (const std::string& run : run_ids(var)) {
    if (count != 0 && runs.size() == count) break;
    if (auto summary = read_run_of(var, run, holder)) runs.push_back(std::move(*summary));
  }
  return runs;
}

std::optional<RunSummary> read_run(const fs::path& var, std::string_view run) {
  if (!is_run_id(run)) return std::nullopt;
  return read_run_of(var, std::string{run}, lock_holder(var));
}

std::string new_run_id() {
  const auto now = std::chrono::system_clock::now();
  const auto whole = std::chrono::floor<std::chrono::seconds>(now);
  const std::time_t seconds = std::chrono::system_clock::to_time_t(whole);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  // Three digits of the second's fraction, so that ids sort within a second too, and three of
  // chance.
  const auto fraction =
      std::chrono::duration_cast<std::chrono::microseconds>(now - whole).count() * 4096 / 1'000'000;
  std::uint16_t chance = 0;
  if (::getrandom(&chance, sizeof chance, 0) != sizeof chance)
    chance = static_cast<std::uint16_t>(::getpid());
  char text[64];
  const std::size_t length = std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &parts);
  std::snprintf(text + length, sizeof text - length, "-%03x%03x", static_cast<unsigned>(fraction),
                chance & 0xfffu);
  return text;
}

bool is_run_id(std::string_view text) noexcept {
  const auto is_letter = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return !text.empty() && text.size() <= 128 && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_letter(c) || c == '-' || c == '_'; });
}

void prune_runs(const fs::path& var, std::size_t keep) {
  const auto ids = run_ids(var);
  for (std::size_t i = keep; i < ids.size(); ++i) {
    std::error_code ignored;
    fs::remove(journal_path(var, ids[i]), ignored);
  }
}

}  // namespace harbor::store
