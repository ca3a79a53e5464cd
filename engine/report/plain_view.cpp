#include <ostream>
#include <unordered_map>

#include "report/line.hpp"
#include "report/text.hpp"
#include "report/time.hpp"

namespace harbor::report {
namespace {

class PlainView final : public Observer {
 public:
  PlainView(std::ostream& out, ViewOptions options) : out_(out), options_(std::move(options)) {}

  void on_event(const Event& event) override {
    if (is_over_) return;
    diagnostics_.insert(diagnostics_.end(), event.diagnostics.begin(), event.diagnostics.end());
    if (event.kind == EventKind::run_started) command_ = event.text;
    if (event.kind == EventKind::step_finished) count(event);
    std::string text;
    if (event.kind == EventKind::run_finished) {
      is_over_ = true;
      const bool is_apart = !diagnostics_.empty() && options_.verbosity != Verbosity::quiet;
      text = (is_apart ? "\n" : "") + closing_text(diagnostics_, command_, tally_, event, options_);
    } else if (options_.verbosity != Verbosity::quiet) {
      text = line_of(event);
    }
    // A reader at the other end of a pipe sees a step when it starts, not when a buffer is full.
    if (!text.empty()) out_ << text << std::flush;
  }

 private:
  void count(const Event& event) {
    const auto [known, is_new] = outcomes_.try_emplace(event.step, event.outcome);
    if (!is_new) tally_.remove(known->second);
    known->second = event.outcome;
    tally_.add(event.outcome);
  }

  /// The line of an event, with its newline; empty when there is nothing to say.
  [[nodiscard]] std::string line_of(const Event& event) const {
    const bool is_verbose = options_.verbosity == Verbosity::verbose;
    const std::string prefix = visible(event.step) + ": ";
    switch (event.kind) {
      case EventKind::run_started:
        return event.total == 0 ? std::string{}
                                : visible(event.text) + ": " + std::to_string(event.total) +
                                      (event.total == 1 ? " step\n" : " steps\n");
      case EventKind::stage_started:
        return ink(visible(event.stage), Ink::bold) + "\n";
      case EventKind::step_started:
        if (event.attempt > 1) return prefix + "attempt " + std::to_string(event.attempt) + "\n";
        return prefix + "started" +
               (event.action.empty() ? "" : " (" + visible(event.action) + ")") + "\n";
      case EventKind::step_progress:
        if (!is_verbose || event.text.empty()) return {};
        return prefix + plain_line(event.text) + "\n";
      case EventKind::step_finished:
        return prefix + ending_of(event) + "\n";
      case EventKind::step_log:
      case EventKind::step_output: {
        const auto line = log_line(event, is_verbose ? 0 : 2, is_verbose);
        return line ? *line + "\n" : std::string{};
      }
      case EventKind::stage_finished:
      case EventKind::run_finished:
      case EventKind::trace:
        return {};
    }
    return {};
  }

  /// "✗ failed in 1.2s: message [H0404]".
  [[nodiscard]] std::string ending_of(const Event& event) const {
    std::string text{sign_of(event.outcome, options_.unicode)};
    text += " " + std::string{word_of(event.outcome)};
    text = ink(text, ink_of(event.outcome));
    if (has_duration(event.outcome) && event.elapsed.count() > 0)
      text += " in " + duration_text(event.elapsed);
    if (!event.text.empty()) return text + ": " + plain_line(event.text);
    if (event.diagnostics.empty()) return text;
    const Diagnostic& first = first_error(event.diagnostics);
    return text + ": " + visible(first.message) +
           (first.code.empty() ? "" : " [" + visible(first.code) + "]");
  }

  [[nodiscard]] std::string ink(std::string_view text, Ink color) const {
    return paint(text, options_.color ? color : Ink::none);
  }

  std::ostream& out_;
  ViewOptions options_;
  std::string command_;
  Tally tally_;
  std::unordered_map<std::string, Outcome>
      outcomes_;  ///< by step, since one may end more than once
  Diagnostics diagnostics_;
  bool is_over_ = false;
};

}  // namespace

std::unique_ptr<Observer> make_plain_view(std::ostream& out, ViewOptions options) {
  return std::make_unique<PlainView>(out, std::move(options));
}

}  // namespace harbor::report
