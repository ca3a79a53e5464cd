// The observers that people see: a live tree on a terminal, plain lines in a pipe, NDJSON for
// programs.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "report/event.hpp"
#include "report/render.hpp"

namespace harbor::report {

/// quiet: diagnostics and nothing else; verbose: also what children print, and debug logs.
enum class Verbosity : std::uint8_t { quiet, normal, verbose };

struct ViewOptions {
  bool color = false;
  bool unicode = true;
  unsigned width = 80;  ///< columns; a live view asks the terminal itself, each time it draws
  Verbosity verbosity = Verbosity::normal;
  SourceLine source;  ///< for the excerpts of diagnostics
};

// Both views end with the diagnostics of the run, rendered, and, unless quiet, one line:
// `deploy: 3 steps, 1 changed, 2 unchanged in 4.2s`. Events after run_finished are ignored.

/// A tree that is redrawn in place at most ten times a second, by a thread of its own: stages,
/// running steps with spinner, elapsed time and their last line of output, finished ones with
/// outcome and duration. Never wider than the terminal; long runs are cut to its height while they
/// run and printed whole at the end. Warnings, and with `verbose` logs and output, scroll by above
/// it. Hides the cursor; run_finished, or the destructor, shows it again. Writes to `fd`, a
/// terminal; a terminal that is gone is not an error.
[[nodiscard]] std::unique_ptr<Observer> make_live_view(int fd, ViewOptions options);

/// Shows a terminal's cursor. [async-signal-safe] For code that ends the process without unwinding
/// while a live view draws.
void show_cursor(int fd) noexcept;

/// One line for each thing that happened, with the step's id in front; nothing redrawn.
[[nodiscard]] std::unique_ptr<Observer> make_plain_view(std::ostream& out, ViewOptions options);

/// One JSON object per line, flushed.
[[nodiscard]] std::unique_ptr<Observer> make_event_stream(std::ostream& out);

/// Hands each event to several observers, in order. Wants a trace when one of them does.
[[nodiscard]] std::unique_ptr<Observer> make_fan_out(
    std::vector<std::shared_ptr<Observer>> observers);

}  // namespace harbor::report
