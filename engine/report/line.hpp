// Lines that both the plain and the live view print.
#pragma once

#include <optional>
#include <string>

#include "report/tally.hpp"
#include "report/view.hpp"

namespace harbor::report {

/// What a step logged or its child printed, "fetch: warning: ..." or "fetch:   ...", if `least` or
/// the kind says that it is shown; without newline, visible().
[[nodiscard]] std::optional<std::string> log_line(const Event& event, int least_level,
                                                  bool with_output);

/// The end of a run: diagnostics, then, unless quiet, the summary. Ends with a newline or is empty.
[[nodiscard]] std::string closing_text(const Diagnostics& diagnostics, std::string_view command,
                                       const Tally& tally, const Event& finished,
                                       const ViewOptions& options);

}  // namespace harbor::report
