// The observers that people see: a live tree on a terminal, plain lines in a pipe, NDJSON for
// programs.
#pragma once

#include <iosfwd>
#include <memory>

#include "report/event.hpp"
#include "report/render.hpp"

namespace harbor::report {

enum class Verbosity : std::uint8_t { quiet, normal, verbose };

struct ViewOptions {
  bool color = false;
  bool unicode = true;
  unsigned width = 80;
  Verbosity verbosity = Verbosity::normal;
  SourceLine source;  ///< for the excerpts of diagnostics
};

/// A tree that is redrawn in place a few times a second: stages, running steps with spinner,
/// elapsed time and their last line of output, finished ones with outcome and duration. Never wider
/// than the terminal; long runs are cut to its height while they run and printed whole at the end.
/// Writes to `fd`, a terminal.
[[nodiscard]] std::unique_ptr<Observer> make_live_view(int fd, ViewOptions options);

/// One line for each thing that happened, nothing redrawn.
[[nodiscard]] std::unique_ptr<Observer> make_plain_view(std::ostream& out, ViewOptions options);

/// One JSON object a line.
[[nodiscard]] std::unique_ptr<Observer> make_event_stream(std::ostream& out);

/// Hands each event to several observers, in order.
[[nodiscard]] std::unique_ptr<Observer> make_fan_out(
    std::vector<std::unique_ptr<Observer>> observers);

}  // namespace harbor::report
