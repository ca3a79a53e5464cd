// The observer that fits the place where a command runs: live, plain, silent, and the event stream
// beside it.
#pragma once

#include <memory>

#include "cli/context.hpp"
#include "cli/options.hpp"
#include "report/view.hpp"

namespace harbor::cli {

struct Invocation;

/// A run that is not watched gets the event stream alone. Throws report::Error when --events cannot be
/// opened.
[[nodiscard]] std::unique_ptr<report::Observer> make_progress(const Invocation& call,
                                                              bool is_watched);

/// How diagnostics and views look here, without the lines of source files. Throws report::Error
/// H0802.
[[nodiscard]] report::ViewOptions view_options(const Context& context, const Arguments& arguments);

/// Lines of source files; relative names are seen from `folder`.
[[nodiscard]] report::SourceLine source_lines(std::filesystem::path folder);

}  // namespace harbor::cli
