// The observer that fits the place where a command runs: live, plain, silent, and the event stream
// beside it.
#pragma once

#include <memory>

#include "cli/context.hpp"
#include "cli/event_file.hpp"
#include "cli/options.hpp"
#include "report/view.hpp"

namespace harbor::cli {

struct Invocation;

struct Progress {
  std::unique_ptr<report::Observer> observer;
  std::shared_ptr<const EventFile> events;  ///< null without --events FILE
};

/// Of a run that is not watched only the event stream. Throws report::Error when --events cannot be
/// opened.
[[nodiscard]] Progress make_progress(const Invocation& call, bool is_watched);

/// How diagnostics and views look here, without the lines of source files. Throws report::Error
/// H0802.
[[nodiscard]] report::ViewOptions view_options(const Context& context, const Arguments& arguments);

/// Lines of source files; relative names are seen from `folder`.
[[nodiscard]] report::SourceLine source_lines(std::filesystem::path folder);

}  // namespace harbor::cli
