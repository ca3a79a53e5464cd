#include "report/line.hpp"

#include "report/text.hpp"

namespace harbor::report {
namespace {

std::string_view level_prefix(int level) {
  if (level >= 4) return "error: ";
  if (level == 3) return "warning: ";
  return level <= 1 ? "debug: " : "";
}

}  // namespace

std::optional<std::string> log_line(const Event& event, int least_level, bool with_output) {
  if (event.kind == EventKind::step_log && event.level >= least_level) {
    return visible(event.step) + ": " + std::string{level_prefix(event.level)} +
           plain_line(event.text);
  }
  if (event.kind == EventKind::step_output && with_output) {
    const std::string line = plain_line(event.text);
    return visible(event.step) + ":" + (line.empty() ? "" : "   " + line);
  }
  return std::nullopt;
}

std::string closing_text(const Diagnostics& diagnostics, std::string_view command,
                         const Tally& tally, const Event& finished, const ViewOptions& options) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!text.empty()) text += '\n';
    text += render(diagnostic, options.source, {options.color, options.width});
  }
  if (options.verbosity == Verbosity::quiet) return text;
  if (!text.empty()) text += '\n';
  const bool is_good = finished.outcome == Outcome::success || finished.outcome == Outcome::noop;
  const Ink ink = is_good ? Ink::bold : ink_of(finished.outcome);
  return text +
         paint(summary_line(command, tally, finished.elapsed), options.color ? ink : Ink::none) +
         "\n";
}

}  // namespace harbor::report
