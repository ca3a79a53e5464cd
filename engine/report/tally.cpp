#include "report/tally.hpp"

#include <numeric>

#include "report/text.hpp"
#include "report/time.hpp"

namespace harbor::report {
namespace {

struct Look {
  std::string_view word;
  std::string_view sign;
  std::string_view ascii;
  Ink ink;
};

/// By Outcome.
constexpr std::array<Look, 7> looks{{
    {"changed", "✓", "+", Ink::green},
    {"unchanged", "=", "=", Ink::dim},
    {"skipped", "-", "-", Ink::dim},
    {"failed", "✗", "x", Ink::red},
    {"blocked", "#", "#", Ink::yellow},
    {"cancelled", "!", "!", Ink::yellow},
    {"timed out", "✗", "x", Ink::red},
}};

const Look& look_of(Outcome outcome) noexcept {
  const auto index = static_cast<std::size_t>(outcome);
  return looks[index < looks.size() ? index : static_cast<std::size_t>(Outcome::failure)];
}

}  // namespace

std::size_t Tally::total() const {
  return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
}

bool has_duration(Outcome outcome) noexcept {
  return outcome != Outcome::skipped && outcome != Outcome::blocked;
}

std::string_view word_of(Outcome outcome) noexcept { return look_of(outcome).word; }

std::string_view sign_of(Outcome outcome, bool unicode) noexcept {
  return unicode ? look_of(outcome).sign : look_of(outcome).ascii;
}

Ink ink_of(Outcome outcome) noexcept { return look_of(outcome).ink; }

std::string counts_text(const Tally& tally) {
  std::string text;
  for (const Outcome outcome : {Outcome::success, Outcome::noop, Outcome::skipped, Outcome::failure,
                                Outcome::timeout, Outcome::blocked, Outcome::cancelled}) {
    if (tally.of(outcome) == 0) continue;
    if (!text.empty()) text += ", ";
    text += std::to_string(tally.of(outcome)) + " " + std::string{word_of(outcome)};
  }
  return text;
}

std::string summary_line(std::string_view command, const Tally& tally,
                         std::chrono::nanoseconds elapsed) {
  const std::size_t total = tally.total();
  std::string line =
      visible(command) + ": " + std::to_string(total) + (total == 1 ? " step" : " steps");
  if (total != 0) line += ", " + counts_text(tally);
  return line + " in " + duration_text(elapsed);
}

}  // namespace harbor::report
