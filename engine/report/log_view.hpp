// The log: an observer that writes a line for each event. The one user of the logging library.
#pragma once

#include <memory>

#include "report/event.hpp"
#include "report/log_target.hpp"

namespace harbor::report {

/// The log, opened. A file is made with mode 0600, appended to, and set aside as FILE.1 ... FILE.5
/// (before its ending) when it has 10 MB; every line is handed to the system before on_event()
/// returns. A file that cannot be written later on is given up, with one line on standard error:
/// losing the log is no reason to stop a run. Thread-safe. Throws report::Error H0705 when the file
/// cannot be opened.
[[nodiscard]] std::unique_ptr<Observer> make_log_view(const LogChoice& choice);

}  // namespace harbor::report
