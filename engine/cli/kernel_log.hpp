// The log of one call of the program, from before its options are known to its end.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/context.hpp"
#include "report/diagnostic.hpp"
#include "report/event.hpp"
#include "report/trace.hpp"

namespace harbor::cli {

/// Writes the log that --log and HARBOR_LOG ask for. Packs are discovered before all options are
/// read, since packs have options of their own, so events are held back until then if a log is
/// possible at all. If not, no event is made or kept. Used by one thread until observer() is handed
/// to a run.
class KernelLog {
 public:
  /// `context` outlives it.
  explicit KernelLog(const Context& context);

  /// Opens the log that `option` (the value of --log, or empty) and the environment ask for; a log
  /// that is open stays open. While `is_all` is false, --log may still follow, and it wins over the
  /// environment. Throws report::Error H0705 or H0802.
  void open(const std::string& option, bool is_all);

  /// For the kernel; empty when no log can be asked for.
  [[nodiscard]] report::Trace trace();
  /// The log as one of the observers of a run; null without one.
  [[nodiscard]] std::shared_ptr<report::Observer> observer() const { return log_; }
  /// Whether its lines appear on standard error, where a view that is redrawn would tear them.
  [[nodiscard]] bool is_on_standard_error() const noexcept { return is_on_standard_error_; }

  /// Logs how the program ends, and the diagnostics that belong to no run.
  void close(int status, const report::Diagnostics& problems);

 private:
  void tell(report::Event event);

  const Context& context_;
  const std::chrono::steady_clock::time_point begin_;
  const bool is_named_;  ///< a word looks like --log, but it may be meant for another program
  const bool may_come_;  ///< a log is asked for, or may be
  bool is_on_standard_error_ = false;
  std::shared_ptr<report::Observer> log_;
  std::vector<report::Event> held_;
};

}  // namespace harbor::cli
