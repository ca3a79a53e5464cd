#include "report/log_text.hpp"

#include <cstdio>

#include "report/text.hpp"

namespace harbor::report {
namespace {

std::string seconds(std::chrono::nanoseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3fs", std::chrono::duration<double>(time).count());
  return text;
}

/// "RUN deploy/up: ", as far as it is known.
std::string place_of(const Event& event) {
  std::string out;
  if (!event.run.empty()) out = visible(event.run) + " ";
  if (event.kind == EventKind::trace) out += std::string(event.topic) + ": ";
  if (!event.stage.empty() && !event.step.empty())
    out += visible(event.stage) + "/";
  else if (!event.stage.empty())
    out += visible(event.stage) + ": ";
  if (!event.step.empty()) out += visible(event.step) + ": ";
  return out;
}

LogLevel level_of(const Event& event) {
  return static_cast<LogLevel>(event.level < 0 ? 0 : event.level > 4 ? 4 : event.level);
}

/// The JSON library escapes control characters, but not those that change the direction of text.
std::string with_fields(const Event& event) {
  std::string text = visible(event.text);
  if (!event.fields.is_null())
    text +=
        " " + visible(event.fields.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return text;
}

bool is_bad(Outcome outcome) {
  return outcome == Outcome::failure || outcome == Outcome::timeout ||
         outcome == Outcome::cancelled;
}

std::string ending_of(const Event& event) {
  std::string text(to_string(event.outcome));
  if (event.elapsed.count() > 0) text += " in " + seconds(event.elapsed);
  if (event.attempt > 1) text += ", attempt " + std::to_string(event.attempt);
  return text;
}

}  // namespace

std::optional<LogLine> log_text(const Event& event) {
  const auto line = [&](LogLevel level, std::string text) {
    return LogLine{level, place_of(event) + std::move(text)};
  };
  switch (event.kind) {
    case EventKind::run_started:
      return line(LogLevel::info, visible(event.text) + ", " + std::to_string(event.total) +
                                      (event.total == 1 ? " step" : " steps"));
    case EventKind::stage_started:
      return line(LogLevel::debug, "started");
    case EventKind::step_started:
      return line(LogLevel::debug, "started (" + visible(event.action) + ")");
    case EventKind::step_progress:
      if (event.text.empty()) return std::nullopt;
      return line(LogLevel::trace, plain_line(event.text));
    case EventKind::step_log:
      return line(level_of(event), with_fields(event));
    case EventKind::step_output:
      return line(LogLevel::debug,
                  (event.stream == 2 ? "err> " : "out> ") + plain_line(event.text));
    case EventKind::step_finished:
      return line(is_bad(event.outcome) ? LogLevel::error : LogLevel::info, ending_of(event));
    case EventKind::stage_finished:
      return line(LogLevel::debug, ending_of(event));
    case EventKind::run_finished:
      return line(is_bad(event.outcome) ? LogLevel::error : LogLevel::info,
                  visible(event.text) + ": " + ending_of(event));
    case EventKind::trace:
      return line(level_of(event), with_fields(event));
  }
  return std::nullopt;
}

LogLine diagnostic_line(const Event& event, const Diagnostic& diagnostic) {
  std::string text = place_of(event);
  if (!diagnostic.code.empty()) text += "[" + visible(diagnostic.code) + "] ";
  if (!diagnostic.labels.empty()) {
    const Span& span = diagnostic.labels.front().span;
    text += visible(span.file) + ":" + std::to_string(span.line) + ":" +
            std::to_string(span.column) + ": ";
  }
  text += visible(diagnostic.message);
  for (const std::string& cause : diagnostic.causes) text += "; because " + visible(cause);
  if (!diagnostic.detail.empty()) text += " " + visible(diagnostic.detail);
  return {diagnostic.severity == Severity::error ? LogLevel::error : LogLevel::warn,
          std::move(text)};
}

}  // namespace harbor::report
