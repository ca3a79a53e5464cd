#include "run/outcome.hpp"

namespace harbor::run {
using report::Outcome;

bool is_good(Outcome outcome) noexcept {
  return outcome == Outcome::success || outcome == Outcome::noop || outcome == Outcome::skipped;
}

Outcome outcome_of(harbor_status status, bool writes) noexcept {
  switch (status) {
    case HARBOR_OK:
      return writes ? Outcome::success : Outcome::noop;
    case HARBOR_UNCHANGED:
      return Outcome::noop;
    case HARBOR_E_CANCELLED:
      return Outcome::cancelled;
    case HARBOR_E_TIMEOUT:
      return Outcome::timeout;
    default:
      return Outcome::failure;
  }
}

bool is_worth_retrying(harbor_status status) noexcept {
  return status == HARBOR_E_FAILED || status == HARBOR_E_RETRYABLE || status == HARBOR_E_TIMEOUT ||
         status == HARBOR_E_UNAVAILABLE || status == HARBOR_E_IO;
}

Outcome overall(const std::vector<StepReport>& steps, const std::vector<bool>& forgiven) {
  Outcome all = Outcome::noop;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto outcome = steps[i].outcome;
    if (outcome == Outcome::success && all == Outcome::noop) all = Outcome::success;
    if (is_good(outcome) || outcome == Outcome::blocked || forgiven[i]) continue;
    // The first thing that went wrong is the outcome of the run, except that a failure outranks a
    // cancellation that it caused.
    if (is_good(all) || (all == Outcome::cancelled && outcome != Outcome::cancelled)) all = outcome;
  }
  return all;
}

ExitStatus RunReport::exit() const noexcept {
  switch (outcome) {
    case Outcome::success:
    case Outcome::noop:
    case Outcome::skipped:
      return ExitStatus::done;
    case Outcome::cancelled:
      return ExitStatus::interrupted;
    case Outcome::timeout:
      return ExitStatus::timeout;
    default:
      break;
  }
  for (const auto& diagnostic : diagnostics)
    if (diagnostic.severity == report::Severity::error)
      return diagnostic.exit == ExitStatus::done ? ExitStatus::failed : diagnostic.exit;
  return ExitStatus::failed;
}

}  // namespace harbor::run
