// The observer that fits the terminal and the options: live, plain or silent, plus the event
// stream.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

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

/// A run that is not watched gets the event stream and what actions warn of, nothing else. Throws
/// report::Error when --events cannot be opened.
[[nodiscard]] Progress make_progress(const Invocation& call, bool is_watched);

/// How diagnostics and views look here; without the lines of source files. Throws report::Error
/// H0802.
[[nodiscard]] report::ViewOptions view_options(const Context& context, const Arguments& arguments);

/// Hides the secrets that a run knows so far; empty before there are any.
using TextMask = std::function<std::string(std::string_view)>;

/// Lines of source files, masked; relative names start at `folder`. Files of secrets, recognized by
/// name, are not shown: the masker may not know their values yet, or not any more.
[[nodiscard]] report::SourceLine source_lines(std::filesystem::path folder,
                                              std::shared_ptr<const TextMask> mask);

}  // namespace harbor::cli
