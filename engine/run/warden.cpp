#include "run/warden.hpp"

#include <optional>
#include <vector>

namespace harbor::run {
using process::Clock;

namespace {

// Longer than the host takes to end a child process that ignores TERM.
constexpr std::chrono::seconds patience{10};
constexpr std::chrono::seconds patience_at_once{3};

}  // namespace

Warden::Warden(const Watch& watch, const host::Services& services, LastWords last_words)
    : thread_([this, &watch, &services, last_words = std::move(last_words)] {
        stand_guard(watch, services, last_words);
      }) {}

Warden::~Warden() {
  {
    const std::lock_guard guard(mutex_);
    done_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Warden::stand_guard(const Watch& watch, const host::Services& services,
                         const LastWords& last_words) {
  std::optional<Clock::time_point> asked, asked_at_once;
  std::unique_lock lock(mutex_);
  // Looks five times a second: an operation enters and leaves the watch far more often than one is
  // ever late, and waking the warden each time would cost more than the steps do.
  while (!wake_.wait_for(lock, std::chrono::milliseconds(200), [this] { return done_; })) {
    const auto now = services.time.now();
    const auto state = services.cancellation->state();
    if (state != process::Cancellation::State::none && !asked) asked = now;
    if (state == process::Cancellation::State::at_once && !asked_at_once) asked_at_once = now;
    const bool stuck = (asked && now - *asked > patience) ||
                       (asked_at_once && now - *asked_at_once > patience_at_once);
    const auto running = stuck ? watch.running() : std::vector<Watch::Entry>{};
    if (!running.empty()) last_words(running.front().step, ExitStatus::interrupted);
    const auto late = watch.overdue(now - patience);
    if (!late.empty()) last_words(late.front().step, ExitStatus::timeout);
  }
}

}  // namespace harbor::run
