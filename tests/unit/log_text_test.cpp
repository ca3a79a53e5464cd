#include "report/log_text.hpp"
#include "report/code.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "report/trace.hpp"

using namespace harbor::report;
using namespace std::chrono_literals;

namespace {

Event event_of(EventKind kind, std::string text = {}) {
  Event event;
  event.kind = kind;
  event.run = "RUN";
  event.stage = "deploy";
  event.step = "up";
  event.action = "demo.up";
  event.text = std::move(text);
  return event;
}

std::string text_of(const Event& event) {
  const auto line = log_text(event);
  return line ? line->text : "nothing";
}

}  // namespace

TEST_CASE("a line of the log says where it comes from", "[report]") {
  CHECK(text_of(event_of(EventKind::step_started)) == "RUN deploy/up: started (demo.up)");
  Event run;
  run.kind = EventKind::run_started;
  run.run = "RUN";
  run.text = "deploy";
  run.total = 3;
  CHECK(text_of(run) == "RUN deploy, 3 steps");
  CHECK(text_of(trace_event("lock", "has the lock", {{"seconds", 1}})) ==
        "lock: has the lock {\"seconds\":1}");
}

TEST_CASE("what steps log keeps its level, what children print is for debugging", "[report]") {
  auto log = event_of(EventKind::step_log, "slow");
  log.level = 3;
  log.fields = {{"ms", 12}};
  CHECK(text_of(log) == "RUN deploy/up: slow {\"ms\":12}");
  CHECK(log_text(log)->level == LogLevel::warn);
  auto output = event_of(EventKind::step_output, "\x1b[31mred\x1b[0m");
  output.stream = 2;
  CHECK(text_of(output) == "RUN deploy/up: err> red");
  CHECK(log_text(output)->level == LogLevel::debug);
  CHECK(text_of(event_of(EventKind::step_progress)) == "nothing");
}

TEST_CASE("an ending says how and after how long", "[report]") {
  auto end = event_of(EventKind::step_finished);
  end.outcome = Outcome::failure;
  end.elapsed = 1500ms;
  end.attempt = 2;
  CHECK(text_of(end) == "RUN deploy/up: failure in 1.500s, attempt 2");
  CHECK(log_text(end)->level == LogLevel::error);
  end.outcome = Outcome::noop;
  CHECK(log_text(end)->level == LogLevel::info);
}

TEST_CASE("control characters cannot forge a line of the log", "[report]") {
  auto log = event_of(EventKind::step_log, "one\n2026 error forged\x1b[2J\xe2\x80\xae");
  log.fields = {{"name", "a\nb\xe2\x80\xae"}};
  const auto text = text_of(log);
  CHECK(text ==
        "RUN deploy/up: one\\x0a2026 error forged\\x1b[2J\\u{202e} {\"name\":\"a\\nb\\u{202e}\"}");
}

TEST_CASE("a diagnostic is a line with its code, its place, its causes and its detail",
          "[report]") {
  auto problem = diagnose("acme.quota", "too much", {{{"etc/harbor.yaml", 5, 7, 1}, ""}});
  problem.causes = {"the disk is full"};
  problem.detail = R"({"used":3})";
  const auto line = diagnostic_line(event_of(EventKind::step_finished), problem);
  CHECK(line.level == LogLevel::error);
  CHECK(line.text ==
        "RUN deploy/up: [acme.quota] etc/harbor.yaml:5:7: too much; because the disk is full "
        "{\"used\":3}");
  problem.severity = Severity::warning;
  CHECK(diagnostic_line(event_of(EventKind::step_finished), problem).level == LogLevel::warn);
}
