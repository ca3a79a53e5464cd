// The observer that fits the place where a command runs: live, plain, silent, and the event stream
// beside it.
#pragma once

#include <memory>

#include "cli/context.hpp"
#include "cli/options.hpp"
#include "report/view.hpp"

namespace harbor::cli {

/// `hushed`: only the event stream. Throws report::Error when --events cannot be opened.
[[nodiscard]] std::unique_ptr<report::Observer> make_progress(const Context& context,
                                                              const Arguments& arguments,
                                                              bool hushed);

/// Columns of the terminal that standard error is, 80 elsewhere.
[[nodiscard]] unsigned terminal_width(const Context& context);

/// Lines of source files; relative names are seen from `folder`.
[[nodiscard]] report::SourceLine source_lines(std::filesystem::path folder);

}  // namespace harbor::cli
