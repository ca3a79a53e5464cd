#include "cli/kernel_log.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "cli/options.hpp"
#include "report/log_view.hpp"

namespace harbor::cli {
namespace {

constexpr std::string_view topic = "command";

/// Only the command: values of options may be secrets (--set), and no masker knows them yet.
std::string command_of(const Context& context) {
  const auto at = command_index(context.arguments);
  return at ? "harbor " + context.arguments[*at] : "harbor";
}

}  // namespace

KernelLog::KernelLog(const Context& context)
    : context_(context),
      begin_(std::chrono::steady_clock::now()),
      is_named_(std::any_of(
          context.arguments.begin(), context.arguments.end(),
          [](const std::string& word) { return word == "--log" || word.starts_with("--log="); })),
      may_come_(is_named_ || !context.variable("HARBOR_LOG").empty()) {}

void KernelLog::open(const std::string& option, bool is_all) {
  if (log_ || !may_come_ || (option.empty() && is_named_ && !is_all)) return;
  const auto choice = report::choose_log(option, context_.variable("HARBOR_LOG"), context_.folder);
  if (!choice) return;
  log_ = report::make_log_view(*choice);
  is_on_standard_error_ = choice->target.kind == report::LogTarget::Kind::standard_error;
  log_->on_event(report::trace_event(topic, command_of(context_),
                                     {{"pid", ::getpid()}, {"folder", context_.folder.string()}},
                                     report::TraceLevel::note));
  for (const auto& event : std::exchange(held_, {})) log_->on_event(event);
}

report::Trace KernelLog::trace() {
  if (!may_come_) return {};
  return [this](report::Event event) { tell(std::move(event)); };
}

void KernelLog::tell(report::Event event) {
  if (log_)
    log_->on_event(event);
  else if (may_come_)
    held_.push_back(std::move(event));
}

void KernelLog::close(int status, const report::Diagnostics& problems) {
  if (!log_) return;
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin_;
  auto last = report::trace_event(topic, "ends", {{"exit", status}, {"seconds", time.count()}},
                                  report::TraceLevel::note);
  last.diagnostics = problems;
  log_->on_event(last);
}

}  // namespace harbor::cli
