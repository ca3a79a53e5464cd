#include "store/journal.hpp"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <thread>

#include "failure_of.hpp"
#include "store/lock.hpp"
#include "temporary_folder.hpp"

using namespace harbor;
using namespace std::chrono_literals;
using nlohmann::json;
using store::Journal;
using store::parse_journal;
namespace fs = std::filesystem;

namespace {

using Folder = test::TemporaryFolder;

std::string text_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

json started(const char* command) { return {{"event", "run_started"}, {"command", command}}; }

json finished(const char* outcome, double seconds) {
  return {{"event", "run_finished"}, {"outcome", outcome}, {"seconds", seconds}};
}

void write_run(const fs::path& var, std::string_view run, const std::vector<json>& records) {
  Journal journal{var, run};
  for (const json& record : records) journal.append(record);
}

/// The text of a closed journal with five records.
std::string five_records() {
  const Folder folder;
  write_run(folder.path, "run",
            {started("deploy"),
             {{"event", "intent"}, {"step", "up"}},
             {{"event", "result"}},
             {{"note", "line\nbreak \x01 \u00e9"}},
             finished("success", 1.5)});
  return text_of(folder.path / "runs/run.jsonl");
}

using test::failure_of;
/// The text with every digit a zero.
std::string shape_of(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }, '0');
  return text;
}

bool is_prefix(const std::vector<json>& part, const std::vector<json>& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) lines.push_back(line + "\n");
  return lines;
}

}  // namespace

TEST_CASE("what was appended is read back, numbered and dated", "[store]") {
  const auto journal = parse_journal(five_records(), "run");
  REQUIRE(journal.records.size() == 5);
  CHECK_FALSE(journal.problem);
  CHECK(journal.records[0]["command"] == "deploy");
  CHECK(journal.records[3]["note"] == "line\nbreak \x01 \u00e9");
  for (std::size_t i = 0; i < 5; ++i) CHECK(journal.records[i]["seq"] == i + 1);
  CHECK(shape_of(journal.records[0]["time"].get<std::string>()) == "0000-00-00T00:00:00.000Z");
}

TEST_CASE("each line is JSON that ends in its checksum", "[store]") {
  for (const std::string& line : lines_of(five_records())) {
    CHECK(json::parse(line)["crc"].get<std::string>().size() == 8);
  }
}

TEST_CASE("a journal is its owner's, reserves room and gives it back", "[store]") {
  const Folder folder;
  const fs::path path = folder.path / "var/runs/run.jsonl";
  {
    Journal journal{folder.path / "var", "run"};
    CHECK(fs::file_size(path) >= 64 * 1024);
    for (int i = 0; i < 40; ++i) journal.append({{"text", std::string(4000, 'x')}});
    const std::string text = text_of(path);
    CHECK(text.size() - text.find('\0') >= 64 * 1024);  // still reserved, behind 160 KB of records
    CHECK(parse_journal(text, "run").records.size() == 40);
    CHECK_FALSE(parse_journal(text, "run").problem);
  }
  CHECK(text_of(path).find('\0') == std::string::npos);
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  REQUIRE(::stat((folder.path / "var/runs").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0700);
}

TEST_CASE("a journal that is cut anywhere is a prefix and no corruption", "[store]") {
  const std::string text = five_records();
  const auto whole = parse_journal(text, "run").records;
  std::size_t complete = 0;
  for (std::size_t length = 0; length <= text.size(); ++length) {
    const std::string part = text.substr(0, length);
    const auto newlines = static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
    for (const std::string& tail : {part, part + std::string(1000, '\0')}) {
      const auto journal = parse_journal(tail, "run");
      REQUIRE_FALSE(journal.problem);
      REQUIRE(journal.records.size() == newlines);
      REQUIRE(is_prefix(journal.records, whole));
    }
    complete = newlines;
  }
  CHECK(complete == 5);
}

TEST_CASE("every flipped bit is found, or drops the last record", "[store]") {
  const std::string text = five_records();
  const auto whole = parse_journal(text, "run").records;
  const std::size_t last_line = text.rfind('\n', text.size() - 2) + 1;
  for (const std::string& original : {text, text + std::string(64, '\0')}) {
    for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
      std::string flipped = original;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      const auto journal = parse_journal(flipped, "run");
      INFO("bit " << bit % 8 << " of byte " << bit / 8);
      if (bit / 8 + 1 < last_line) {
        REQUIRE(journal.problem);
      } else {  // in the last line, the newline before it or the reserve
        REQUIRE((journal.problem || is_prefix(journal.records, whole)));
        REQUIRE(journal.records.size() >= 3);
      }
    }
  }
}

TEST_CASE("corruption names the line and keeps what is good", "[store]") {
  auto lines = lines_of(five_records());
  lines[2][5] ^= 1;
  std::string text;
  for (const auto& line : lines) text += line;
  const auto journal = parse_journal(text, "var/runs/run.jsonl");
  REQUIRE(journal.problem);
  CHECK(journal.problem->code == "H0704");
  CHECK(journal.problem->message ==
        "the journal is damaged: this line does not match its checksum");
  CHECK(journal.problem->labels.front().span == report::Span{"var/runs/run.jsonl", 3, 0, 0});
  CHECK_FALSE(journal.problem->hint.empty());
  CHECK(journal.records.size() == 4);
}

TEST_CASE("lines that are missing, doubled or exchanged are corruption", "[store]") {
  const auto lines = lines_of(five_records());
  const auto missing = parse_journal(lines[0] + lines[1] + lines[3] + lines[4], "run");
  REQUIRE(missing.problem);
  CHECK(missing.problem->message == "the journal is damaged: record 3 should stand here, not 4");
  CHECK(parse_journal(lines[0] + lines[1] + lines[1], "run").problem);
  CHECK(parse_journal(lines[0] + lines[2] + lines[1], "run").problem);
  CHECK(parse_journal(lines[1] + lines[2], "run").problem);
}

TEST_CASE("no text is a journal without records", "[store]") {
  for (const std::string& text :
       {std::string{}, std::string(100, '\0'), std::string{"\n\n\n"}, std::string{"garbage\n"}}) {
    const auto journal = parse_journal(text, "run");
    CHECK(journal.records.empty());
    CHECK_FALSE(journal.problem);
  }
}

TEST_CASE("threads append whole lines, each with its own number", "[store]") {
  const Folder folder;
  {
    Journal journal{folder.path, "run"};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&journal, t] {
        for (int i = 0; i < 25; ++i) journal.append({{"thread", t}, {"i", i}});
      });
    }
    for (auto& thread : threads) thread.join();
  }
  const auto journal = parse_journal(text_of(folder.path / "runs/run.jsonl"), "run");
  CHECK_FALSE(journal.problem);
  CHECK(journal.records.size() == 100);
}

TEST_CASE("bytes that are not UTF-8 are recorded, replaced", "[store]") {
  const Folder folder;
  write_run(folder.path, "run", {{{"text", "a\xff"}}});
  CHECK(parse_journal(text_of(folder.path / "runs/run.jsonl"), "run").records.at(0)["text"] ==
        "a\xef\xbf\xbd");
}

TEST_CASE("a record is on the disk before append returns, whatever happens then", "[store]") {
  const Folder folder;
  int appended[2];
  REQUIRE(::pipe(appended) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    Journal journal{folder.path, "run"};
    for (int i = 0;; ++i) {
      journal.append({{"i", i}});
      if (::write(appended[1], "x", 1) != 1) ::_exit(1);
    }
  }
  char byte = 0;
  for (int i = 0; i < 20; ++i) REQUIRE(::read(appended[0], &byte, 1) == 1);
  ::kill(child, SIGKILL);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  ::close(appended[0]);
  ::close(appended[1]);
  const auto journal = parse_journal(text_of(folder.path / "runs/run.jsonl"), "run");
  CHECK_FALSE(journal.problem);
  CHECK(journal.records.size() >= 20);
}

TEST_CASE("a journal is never written over, nor outside its folder", "[store]") {
  const Folder folder;
  write_run(folder.path, "run", {started("deploy")});
  const auto taken = failure_of([&] { Journal{folder.path, "run"}; });
  CHECK(taken.code == "H0703");
  CHECK(taken.exit == ExitStatus::io);
  CHECK(taken.message == "cannot write the journal '" + (folder.path / "runs/run.jsonl").string() +
                             "': File exists");
  for (const char* run : {"", "..", "../up", "a/b", ".hidden", "a b"}) {
    CHECK(failure_of([&] { Journal{folder.path, run}; }).code == "H0703");
    CHECK_FALSE(store::read_run(folder.path, run));
  }
}

TEST_CASE("a full disk can still be recorded, and is then an error that says so", "[store]") {
  const Folder folder;
  if (::geteuid() != 0 ||
      ::mount("tmpfs", folder.path.c_str(), "tmpfs", 0, "size=256k,mode=0700") != 0) {
    std::cout << "SKIPPED: no file system can be mounted here\n";
    SUCCEED();
    return;
  }
  const fs::path path = folder.path / "runs/run.jsonl";
  report::Diagnostic full;
  int recorded = 0;
  {
    Journal journal{folder.path, "run"};
    std::ofstream filler{folder.path / "filler"};
    while (filler << std::string(4096, 'x') << std::flush) {
    }
    full = failure_of([&] {
      for (;; ++recorded) journal.append({{"text", std::string(1000, 'x')}});
    });
  }
  const auto journal = parse_journal(text_of(path), "run");
  REQUIRE(::umount2(folder.path.c_str(), MNT_DETACH) == 0);
  CHECK(recorded >= 60);
  CHECK(full.code == "H0703");
  CHECK(full.message ==
        "cannot write the journal '" + path.string() + "': No space left on device");
  CHECK(full.hint == "make room on its file system and run the command again");
  CHECK(journal.records.size() == static_cast<std::size_t>(recorded));
  CHECK_FALSE(journal.problem);
}

TEST_CASE("runs are listed newest first, each with how it ended", "[store]") {
  const Folder folder;
  CHECK(store::list_runs(folder.path / "none").empty());
  write_run(folder.path, "20261120-100000-000001", {started("deploy"), finished("success", 4.25)});
  write_run(folder.path, "20261121-100000-000002", {started("destroy"), {{"event", "intent"}}});
  write_run(folder.path, "20261121-090000-000003", {started("deploy"), finished("failure", 1)});
  std::ofstream{folder.path / "runs/notes.txt"} << "x";
  std::ofstream{folder.path / "runs/.hidden.jsonl"} << "x";
  const auto runs = store::list_runs(folder.path);
  REQUIRE(runs.size() == 3);
  CHECK(runs[0].run == "20261121-100000-000002");
  CHECK(runs[0].command == "destroy");
  CHECK(runs[0].outcome == "interrupted");
  CHECK(runs[1].outcome == "failure");
  CHECK(runs[2].outcome == "success");
  CHECK(runs[2].seconds == 4.25);
  CHECK(runs[2].started == runs[2].records.at(0)["time"]);
  CHECK(store::list_runs(folder.path, 2).size() == 2);
  CHECK(store::read_run(folder.path, "20261120-100000-000001")->command == "deploy");
  CHECK_FALSE(store::read_run(folder.path, "20200101-000000-000000"));
}

TEST_CASE("a run without end is running while it holds the lock, interrupted then", "[store]") {
  const Folder folder;
  write_run(folder.path, "20261121-100000-000001", {started("deploy")});
  write_run(folder.path, "20261121-100000-000002", {started("deploy")});
  {
    const auto lock =
        store::Lock::acquire(folder.path, {0, "20261121-100000-000002", "deploy", ""}, 0ms);
    const auto runs = store::list_runs(folder.path);
    CHECK(runs.at(0).outcome == "running");
    CHECK(runs.at(1).outcome == "interrupted");
  }
  CHECK(store::read_run(folder.path, "20261121-100000-000002")->outcome == "interrupted");
}

TEST_CASE("a damaged or unreadable journal is listed with its diagnostic", "[store]") {
  const Folder folder;
  write_run(folder.path, "20261121-100000-000001",
            {started("deploy"), {{"a", 1}}, finished("success", 1)});
  const fs::path path = folder.path / "runs/20261121-100000-000001.jsonl";
  auto lines = lines_of(text_of(path));
  lines[1][3] ^= 1;
  std::ofstream{path, std::ios::trunc} << lines[0] << lines[1] << lines[2];
  fs::create_directory(folder.path / "runs/20261121-100000-000002.jsonl");
  const auto runs = store::list_runs(folder.path);
  REQUIRE(runs.size() == 2);
  REQUIRE(runs[0].problem);
  CHECK(runs[0].problem->code == "H0706");
  REQUIRE(runs[1].problem);
  CHECK(runs[1].problem->code == "H0704");
  CHECK(runs[1].outcome == "success");
}

TEST_CASE("members of another type than expected do no harm", "[store]") {
  const Folder folder;
  write_run(folder.path, "run",
            {{{"event", "run_started"}, {"command", 7}},
             {{"event", "run_finished"}, {"outcome", json::array()}, {"seconds", "x"}},
             json(5)});
  const auto run = store::read_run(folder.path, "run");
  REQUIRE(run);
  CHECK(run->command.empty());
  CHECK(run->seconds == 0);
  CHECK(run->records.size() == 3);
}

TEST_CASE("run ids are unique and sort by time", "[store]") {
  const std::string first = store::new_run_id();
  CHECK(shape_of(first.substr(0, 15)) == "00000000-000000");
  CHECK(first.size() == 22);
  CHECK(first.find_first_not_of("0123456789abcdef", 16) == first.npos);
  CHECK(store::is_run_id(first));
  std::this_thread::sleep_for(2ms);  // ids differ in time from then on, not only by chance
  CHECK(first < store::new_run_id());
}

TEST_CASE("old runs are deleted beyond those to keep", "[store]") {
  const Folder folder;
  for (int i = 0; i < 5; ++i) {
    write_run(folder.path, "20261121-10000" + std::to_string(i) + "-000000", {started("deploy")});
  }
  store::prune_runs(folder.path, 2);
  const auto runs = store::list_runs(folder.path);
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].run == "20261121-100004-000000");
  CHECK(runs[1].run == "20261121-100003-000000");
  CHECK_NOTHROW(store::prune_runs(folder.path / "none", 0));
}
