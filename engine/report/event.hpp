// The one stream of events from which the live view, the plain log, --events, --log and --json are
// made.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "report/diagnostic.hpp"

namespace harbor::report {

/// How a step ended.
enum class Outcome : std::uint8_t { success, noop, skipped, failure, blocked, cancelled, timeout };

[[nodiscard]] std::string_view to_string(Outcome outcome) noexcept;

enum class EventKind : std::uint8_t {
  run_started,  ///< text: what was asked for ("deploy"); total: number of steps
  stage_started,
  step_started,
  step_progress,  ///< fraction, text
  step_log,       ///< level, text, fields; from the action
  step_output,    ///< text: a line that a child process printed; stream 1 or 2
  step_finished,  ///< outcome, elapsed, diagnostics
  stage_finished,
  run_finished,  ///< outcome, elapsed, diagnostics that belong to no step
  trace,         ///< topic, level, text, fields: what the kernel itself does (trace.hpp)
};

[[nodiscard]] std::string_view to_string(EventKind kind) noexcept;

/// "trace", "debug", "info", "warn" or "error" for a HARBOR_LOG_* level; the nearest one for other
/// numbers.
[[nodiscard]] std::string_view level_name(int level) noexcept;

/// One event. The sender masks its text, fields and diagnostics before observers get it
/// (secret/event_mask.hpp). Fields that a kind does not name are empty.
struct Event {
  EventKind kind = EventKind::run_started;
  std::string run;
  std::string stage;
  std::string step;  ///< id, unique in the run
  std::string action;
  std::string text;
  std::string_view topic;  ///< of a trace, a literal: "discovery", "process" ...
  nlohmann::json fields;   ///< an object, or null: the text's parts for programs
  int level = 2;           ///< HARBOR_LOG_*
  int stream = 0;
  double fraction = -1;
  std::uint32_t attempt = 1;
  std::size_t total = 0;
  Outcome outcome = Outcome::success;
  std::chrono::nanoseconds elapsed{0};
  Diagnostics diagnostics;
};

/// One line of NDJSON, without the newline:
/// {"v":1,"time":"2026-...Z","event":"step_finished","run":...}. `time` is wall-clock, for display
/// only.
[[nodiscard]] nlohmann::json to_json(const Event& event,
                                     std::chrono::system_clock::time_point time);

/// Receives the events of a run, in order; calls are serialised by the sender and must return
/// quickly.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_event(const Event& event) = 0;
  /// Whether events of kind `trace` are worth making. Asked once, before the first event.
  [[nodiscard]] virtual bool wants_trace() const { return false; }
};

}  // namespace harbor::report
