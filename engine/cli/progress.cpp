#include "cli/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <fstream>
#include <iostream>

#include "cli/invocation.hpp"
#include "report/code_command.hpp"
#include "report/code_store.hpp"

namespace harbor::cli {
namespace {

/// An event stream that owns its file.
class EventFile : public report::Observer {
 public:
  explicit EventFile(const std::string& path)
      : file_(path, std::ios::app), stream_(report::make_event_stream(file_)) {
    if (!file_)
      throw report::Error(
          report::diagnose(report::code::write_failed, "cannot write events to " + path, {},
                           "--events takes a file that can be written, or - for standard output"));
  }
  void on_event(const report::Event& event) override { stream_->on_event(event); }

 private:
  std::ofstream file_;
  std::unique_ptr<report::Observer> stream_;
};

/// Columns of the terminal that standard error is, 80 elsewhere.
unsigned terminal_width(const Context& context) {
  winsize size{};
  if (context.err_is_terminal && ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return 80;
}

}  // namespace

std::unique_ptr<report::Observer> make_progress(const Invocation& call, bool is_watched) {
  const auto& context = call.context;
  std::vector<std::shared_ptr<report::Observer>> observers;
  const auto events = call.arguments.value("events");
  const bool json = call.arguments.has("json");
  if (events == "-" && json)
    throw report::Error(report::diagnose(report::code::bad_usage,
                                         "--json and --events - both want standard output", {},
                                         "give --events a file"));
  if (events == "-")
    observers.push_back(report::make_event_stream(*context.out));
  else if (!events.empty())
    observers.push_back(std::make_unique<EventFile>((context.folder / events).string()));
  if (is_watched && !json) {
    const bool live = context.err_is_terminal && !call.log.is_on_standard_error() &&
                      context.variable("TERM") != "dumb" &&
                      call.view.verbosity != report::Verbosity::quiet;
    observers.push_back(context.make_view ? context.make_view(call.view)
                        : live            ? report::make_live_view(STDERR_FILENO, call.view)
                                          : report::make_plain_view(*context.err, call.view));
  }
  if (auto log = call.log.observer()) observers.push_back(std::move(log));
  return report::make_fan_out(std::move(observers));
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

report::SourceLine source_lines(std::filesystem::path folder) {
  return [folder = std::move(folder)](const std::string& file,
                                      std::uint32_t line) -> std::optional<std::string> {
    std::ifstream in(folder / file);
    std::string text;
    for (std::uint32_t at = 0; std::getline(in, text);)
      if (++at == line) return text;
    return std::nullopt;
  };
}

}  // namespace harbor::cli
