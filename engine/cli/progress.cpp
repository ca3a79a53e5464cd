#include "cli/progress.hpp"

#include <harbor/plugin.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>
#include <sstream>

#include "cli/invocation.hpp"
#include "report/code_command.hpp"
#include "report/text.hpp"
#include "system/file.hpp"

namespace harbor::cli {
namespace {

/// The largest file whose lines are shown beside a message.
constexpr std::size_t largest_shown = std::size_t{4} << 20;

/// Warnings of the action of a command that is not watched, shown before its result.
class WarningLines : public report::Observer {
 public:
  explicit WarningLines(std::ostream& out) : out_(out) {}
  void on_event(const report::Event& event) override {
    if (event.kind == report::EventKind::step_log && event.level >= HARBOR_LOG_WARN)
      out_ << "warning: " << report::visible(event.text) << '\n' << std::flush;
  }

 private:
  std::ostream& out_;
};

/// Whether the file is named like one of secrets: `override.secrets.env`, `.secrets.yaml`.
bool is_of_secrets(const std::string& file) {
  const auto name = std::filesystem::path(file).filename().string();
  return name.starts_with("secrets.") || name.find(".secrets.") != std::string::npos;
}

/// Columns of the terminal on standard error; 80 without one.
unsigned terminal_width(const Context& context) {
  winsize size{};
  if (context.err_is_terminal && ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return 80;
}

}  // namespace

Progress make_progress(const Invocation& call, bool is_watched) {
  const auto& context = call.context;
  Progress progress;
  std::vector<std::shared_ptr<report::Observer>> observers;
  const auto events = call.arguments.value("events");
  const bool json = call.arguments.has("json");
  if (events == "-" && json)
    throw report::Error(report::diagnose(report::code::bad_usage,
                                         "--json and --events - both want standard output", {},
                                         "give --events a file"));
  if (events == "-")
    observers.push_back(report::make_event_stream(*context.out));
  else if (!events.empty()) {
    auto file = std::make_shared<EventFile>(context.folder / events);
    progress.events = file;
    observers.push_back(std::move(file));
  }
  if (is_watched && !json) {
    const bool live = context.err_is_terminal && !call.log.is_on_standard_error() &&
                      context.variable("TERM") != "dumb" &&
                      call.view.verbosity != report::Verbosity::quiet;
    observers.push_back(context.make_view ? context.make_view(call.view)
                        : live            ? report::make_live_view(STDERR_FILENO, call.view)
                                          : report::make_plain_view(*context.err, call.view));
  }
  if (!is_watched && !json && call.view.verbosity != report::Verbosity::quiet)
    observers.push_back(std::make_shared<WarningLines>(*context.err));
  if (auto log = call.log.observer()) observers.push_back(std::move(log));
  progress.observer = report::make_fan_out(std::move(observers));
  return progress;
}

report::ViewOptions view_options(const Context& context, const Arguments& arguments) {
  report::ViewOptions options;
  const auto when = arguments.value("color", "auto");
  if (when != "auto" && when != "always" && when != "never")
    throw report::Error(report::diagnose(
        report::code::bad_usage, "--color takes always, never or auto, not '" + when + "'"));
  options.color = when == "always" ||
                  (when == "auto" && context.err_is_terminal &&
                   context.variable("NO_COLOR").empty() && context.variable("TERM") != "dumb");
  auto charset = context.variable("LC_ALL");
  if (charset.empty()) charset = context.variable("LC_CTYPE");
  if (charset.empty()) charset = context.variable("LANG");
  options.unicode =
      charset.find("UTF-8") != std::string::npos || charset.find("utf8") != std::string::npos;
  options.width = terminal_width(context);
  options.verbosity = arguments.has("quiet")     ? report::Verbosity::quiet
                      : arguments.has("verbose") ? report::Verbosity::verbose
                                                 : report::Verbosity::normal;
  return options;
}

report::SourceLine source_lines(std::filesystem::path folder,
                                std::shared_ptr<const TextMask> mask) {
  return [folder = std::move(folder), mask = std::move(mask)](
             const std::string& file, std::uint32_t line) -> std::optional<report::SourceText> {
    if (is_of_secrets(file)) return std::nullopt;
    try {
      const auto whole = system::read_file(folder / file, largest_shown, system::Links::followed);
      if (!whole) return std::nullopt;
      std::istringstream in(*whole);
      std::string text;
      for (std::uint32_t at = 0; std::getline(in, text);) {
        if (++at != line) continue;
        if (!*mask) return text;
        std::string masked = (*mask)(text);
        return report::SourceText(masked, masked != text);
      }
    } catch (const report::Error&) {
      // Only the place is shown.
    }
    return std::nullopt;
  };
}

}  // namespace harbor::cli
