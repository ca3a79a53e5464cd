#include "report/log_view.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "report/code.hpp"
#include "report/trace.hpp"
#include "temporary_folder.hpp"

using namespace harbor::report;
namespace fs = std::filesystem;

namespace {

LogChoice to_file(const fs::path& file, LogLevel level = LogLevel::debug) {
  return {level, {LogTarget::Kind::file, file}};
}

std::string content(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream(file).rdbuf();
  return out.str();
}

mode_t mode_of(const fs::path& file) {
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("a line of the log file has a time, a process, a level and a text", "[report]") {
  const test::TemporaryFolder folder;
  const auto file = folder.path / "a.log";
  make_log_view(to_file(file))->on_event(trace_event("lock", "has the lock"));
  const auto text = content(file);
  CAPTURE(text);
  CHECK(text.size() > 24);
  CHECK(text.find("Z ") == 23);
  CHECK(text.substr(10, 1) == "T");
  CHECK(text.ends_with(" debug lock: has the lock\n"));
  CHECK(mode_of(file) == 0600);
}

TEST_CASE("each line is in the file before the next event, and a second log is appended",
          "[report]") {
  const test::TemporaryFolder folder;
  const auto file = folder.path / "a.log";
  const auto view = make_log_view(to_file(file));
  view->on_event(trace_event("lock", "one"));
  CHECK(content(file).ends_with("one\n"));
  make_log_view(to_file(file))->on_event(trace_event("lock", "two"));
  view->on_event(trace_event("lock", "three"));
  const auto text = content(file);
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
}

TEST_CASE("what is below the level is not logged, diagnostics of an event are", "[report]") {
  const test::TemporaryFolder folder;
  const auto file = folder.path / "a.log";
  const auto view = make_log_view(to_file(file, LogLevel::warn));
  view->on_event(trace_event("lock", "a detail"));
  CHECK(content(file).empty());
  Event end;
  end.kind = EventKind::run_finished;
  end.outcome = Outcome::success;
  end.diagnostics.push_back(diagnose("acme.quota", "too much"));
  view->on_event(end);
  CHECK(content(file).ends_with(" error [acme.quota] too much\n"));
}

TEST_CASE("a log of errors asks for no trace", "[report]") {
  const test::TemporaryFolder folder;
  CHECK(make_log_view(to_file(folder.path / "a", LogLevel::debug))->wants_trace());
  CHECK_FALSE(make_log_view(to_file(folder.path / "b", LogLevel::error))->wants_trace());
}

TEST_CASE("a log of 10 MB is set aside, five of them are kept, all for their owner alone",
          "[report]") {
  const test::TemporaryFolder folder;
  const auto view = make_log_view(to_file(folder.path / "a.log"));
  const std::string megabyte(std::size_t{1} << 20, 'x');
  for (int i = 0; i < 75; ++i) view->on_event(trace_event("test", megabyte));
  CHECK(fs::file_size(folder.path / "a.log") <= std::size_t{10} << 20);
  for (const char* name : {"a.log", "a.1.log", "a.5.log"})
    CHECK(mode_of(folder.path / name) == 0600);
  CHECK_FALSE(fs::exists(folder.path / "a.6.log"));
}

TEST_CASE("a log that cannot be opened is H0705, and no folder is made for it", "[report]") {
  const test::TemporaryFolder folder;
  try {
    (void)make_log_view(to_file(folder.path / "missing/a.log"));
    FAIL("it was opened");
  } catch (const Error& error) {
    CHECK(error.diagnostics().front().code == "H0705");
    CHECK(error.diagnostics().front().exit == harbor::ExitStatus::io);
  }
  CHECK_FALSE(fs::exists(folder.path / "missing"));
}
