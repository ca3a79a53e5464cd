// What the log says about an event.
#pragma once

#include <optional>
#include <string>

#include "report/event.hpp"
#include "report/log_target.hpp"

namespace harbor::report {

/// An event as a line of the log.
struct LogLine {
  LogLevel level = LogLevel::info;
  std::string text;  ///< one line, visible(): a control character is an escape
};

/// What of an event is logged: nothing for an event that says nothing. Diagnostics that it carries
/// are lines of their own, from diagnostic_line().
[[nodiscard]] std::optional<LogLine> log_text(const Event& event);
[[nodiscard]] LogLine diagnostic_line(const Event& event, const Diagnostic& diagnostic);

}  // namespace harbor::report
