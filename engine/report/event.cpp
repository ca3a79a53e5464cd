#include "report/event.hpp"

#include "report/render.hpp"
#include "report/text.hpp"
#include "report/time.hpp"

namespace harbor::report {

std::string_view level_name(int level) noexcept {
  constexpr std::string_view names[] = {"trace", "debug", "info", "warn", "error"};
  return names[level < 0 ? 0 : level > 4 ? 4 : level];
}

namespace {

using nlohmann::json;

// A program may print any bytes, but JSON holds only UTF-8.
void put_text(json& line, const char* name, std::string_view text) {
  if (!text.empty()) line[name] = valid_utf8(text);
}

void put_end(json& line, const Event& event) {
  line["outcome"] = to_string(event.outcome);
  line["seconds"] = std::chrono::duration<double>(event.elapsed).count();
  put_text(line, "text", event.text);
  if (event.diagnostics.empty()) return;
  json& diagnostics = line["diagnostics"] = json::array();
  for (const Diagnostic& diagnostic : event.diagnostics) diagnostics.push_back(to_json(diagnostic));
}

}  // namespace

std::string_view to_string(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::success:
      return "success";
    case Outcome::noop:
      return "noop";
    case Outcome::skipped:
      return "skipped";
    case Outcome::failure:
      return "failure";
    case Outcome::blocked:
      return "blocked";
    case Outcome::cancelled:
      return "cancelled";
    case Outcome::timeout:
      return "timeout";
  }
  return "failure";
}

std::string_view to_string(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::run_started:
      return "run_started";
    case EventKind::stage_started:
      return "stage_started";
    case EventKind::step_started:
      return "step_started";
    case EventKind::step_progress:
      return "step_progress";
    case EventKind::step_log:
      return "step_log";
    case EventKind::step_output:
      return "step_output";
    case EventKind::step_finished:
      return "step_finished";
    case EventKind::stage_finished:
      return "stage_finished";
    case EventKind::run_finished:
      return "run_finished";
    case EventKind::trace:
      return "trace";
  }
  return "step_log";
}

json to_json(const Event& event, std::chrono::system_clock::time_point time) {
  json line = {{"v", 1}, {"time", rfc3339(time)}, {"event", to_string(event.kind)}};
  put_text(line, "run", event.run);
  put_text(line, "stage", event.stage);
  put_text(line, "step", event.step);
  put_text(line, "action", event.action);
  switch (event.kind) {
    case EventKind::run_started:
      line["text"] = valid_utf8(event.text);
      line["total"] = event.total;
      break;
    case EventKind::stage_started:
      break;
    case EventKind::step_started:
      line["attempt"] = event.attempt;
      break;
    case EventKind::step_progress:
      if (event.fraction >= 0) line["fraction"] = event.fraction;
      line["text"] = valid_utf8(event.text);
      break;
    case EventKind::step_log:
      line["level"] = level_name(event.level);
      line["text"] = valid_utf8(event.text);
      if (!event.fields.is_null()) line["fields"] = event.fields;
      break;
    case EventKind::step_output:
      line["stream"] = event.stream;
      line["text"] = valid_utf8(event.text);
      break;
    case EventKind::step_finished:
      line["attempt"] = event.attempt;
      put_end(line, event);
      break;
    case EventKind::stage_finished:
    case EventKind::run_finished:
      put_end(line, event);
      break;
    case EventKind::trace:
      line["topic"] = event.topic;
      line["level"] = level_name(event.level);
      line["text"] = valid_utf8(event.text);
      if (!event.fields.is_null()) line["fields"] = event.fields;
      break;
  }
  return line;
}

}  // namespace harbor::report
