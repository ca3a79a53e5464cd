#include "report/event.hpp"

#include <catch2/catch.hpp>

#include "report/code.hpp"
#include "report/time.hpp"

using namespace harbor::report;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const auto moment = std::chrono::system_clock::time_point{1795247112s} + 345ms;

Event make(EventKind kind) {
  Event event;
  event.kind = kind;
  event.run = "20261121-074512-3fa9c1";
  event.stage = "deploy";
  event.step = "up";
  event.action = "demo.up";
  return event;
}

}  // namespace

TEST_CASE("time is RFC 3339 in UTC", "[report]") {
  CHECK(rfc3339(moment) == "2026-11-21T07:45:12.345Z");
  CHECK(rfc3339(std::chrono::system_clock::time_point{}) == "1970-01-01T00:00:00.000Z");
  CHECK(rfc3339(std::chrono::system_clock::time_point{-1ms}) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("durations are short", "[report]") {
  CHECK(duration_text(0ns) == "0.0s");
  CHECK(duration_text(350ms) == "0.3s");
  CHECK(duration_text(4280ms) == "4.2s");
  CHECK(duration_text(42s) == "42s");
  CHECK(duration_text(65s) == "1m05s");
  CHECK(duration_text(2h + 7min + 59s) == "2h07m");
  CHECK(duration_text(-5s) == "0.0s");
}

TEST_CASE("a finished step tells outcome, seconds and diagnostics", "[report]") {
  Event event = make(EventKind::step_finished);
  event.outcome = Outcome::failure;
  event.elapsed = 1500ms;
  event.diagnostics.push_back(
      diagnose("H0705", "cannot write 'x'", {{{"f.yaml", 1, 2, 3}, "here"}}, "make room"));
  CHECK(to_json(event, moment) == json::parse(R"({
    "v": 1, "time": "2026-11-21T07:45:12.345Z", "event": "step_finished", "run": "20261121-074512-3fa9c1",
    "stage": "deploy", "step": "up", "action": "demo.up", "attempt": 1, "outcome": "failure", "seconds": 1.5,
    "diagnostics": [{"code": "H0705", "severity": "error", "message": "cannot write 'x'", "hint": "make room",
      "exit": 74, "causes": [], "labels": [{"file": "f.yaml", "line": 1, "column": 2, "length": 3, "text": "here"}]}]
  })"));
}

TEST_CASE("each kind carries its own fields", "[report]") {
  Event event = make(EventKind::run_started);
  event.text = "deploy";
  event.total = 3;
  CHECK(to_json(event, moment)["total"] == 3);
  CHECK(to_json(event, moment)["text"] == "deploy");

  event = make(EventKind::step_progress);
  event.fraction = 0.5;
  CHECK(to_json(event, moment)["fraction"] == 0.5);
  event.fraction = -1;
  CHECK_FALSE(to_json(event, moment).contains("fraction"));

  event = make(EventKind::step_log);
  event.level = 3;
  CHECK(to_json(event, moment)["level"] == "warn");
  event.level = 99;
  CHECK(to_json(event, moment)["level"] == "error");

  event = make(EventKind::step_output);
  event.stream = 2;
  CHECK(to_json(event, moment)["stream"] == 2);
  CHECK_FALSE(to_json(event, moment).contains("outcome"));

  event = make(EventKind::step_started);
  event.attempt = 2;
  CHECK(to_json(event, moment)["attempt"] == 2);
}

TEST_CASE("bytes that are not UTF-8 do not break the stream", "[report]") {
  Event event = make(EventKind::step_output);
  event.text = "a\xff\n";
  const std::string line = to_json(event, moment).dump();
  CHECK(line.find('\n') == std::string::npos);
  CHECK(json::parse(line)["text"] == "a\xef\xbf\xbd\n");
}

TEST_CASE("outcomes and kinds have their names", "[report]") {
  CHECK(to_string(Outcome::success) == "success");
  CHECK(to_string(Outcome::noop) == "noop");
  CHECK(to_string(Outcome::timeout) == "timeout");
  CHECK(to_string(EventKind::stage_finished) == "stage_finished");
}
