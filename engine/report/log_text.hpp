// What the log says about an event.
#pragma once

#include <optional>
#include <string>

#include "report/event.hpp"
#include "report/log_target.hpp"

namespace harbor::report {

/// An event as one line of the log.
struct LogLine {
  LogLevel level = LogLevel::info;
  std::string text;  ///< one line, visible(): control characters are escaped
};

/// What is logged for an event; nothing for an event without content. Its diagnostics are separate
/// lines, from diagnostic_line().
[[nodiscard]] std::optional<LogLine> log_text(const Event& event);
[[nodiscard]] LogLine diagnostic_line(const Event& event, const Diagnostic& diagnostic);

}  // namespace harbor::report
