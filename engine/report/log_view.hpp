// The log: an observer that writes a line for each event. The one user of the logging library.
#pragma once

#include <memory>

#include "report/event.hpp"
#include "report/log_target.hpp"

namespace harbor::report {

/// Opens the log. A file is created with mode 0600, appended to, and rotated to FILE.1 ... FILE.5
/// (the number goes before the extension) at 10 MB; every line is handed to the system before
/// on_event() returns. If writing fails later, the log ends with one line on standard error: losing
/// the log is no reason to stop a run. Thread-safe. Throws report::Error H0705 when the file cannot
/// be opened.
[[nodiscard]] std::unique_ptr<Observer> make_log_view(const LogChoice& choice);

}  // namespace harbor::report
