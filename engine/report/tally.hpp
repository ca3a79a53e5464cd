// How a run ended, in numbers and words; the same in every view.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "report/event.hpp"
#include "report/ink.hpp"

namespace harbor::report {

/// How many steps ended how.
struct Tally {
  std::array<std::size_t, 7> counts{};  ///< by Outcome

  void add(Outcome outcome) { ++counts.at(static_cast<std::size_t>(outcome)); }
  void remove(Outcome outcome) { --counts.at(static_cast<std::size_t>(outcome)); }
  [[nodiscard]] std::size_t of(Outcome outcome) const {
    return counts.at(static_cast<std::size_t>(outcome));
  }
  [[nodiscard]] std::size_t total() const;
};

/// What people read: "changed", "unchanged", "skipped", "failed", "blocked", "cancelled", "timed
/// out".
[[nodiscard]] std::string_view word_of(Outcome outcome) noexcept;

/// Whether a step that ended so took time of its own.
[[nodiscard]] bool has_duration(Outcome outcome) noexcept;

/// One column, with or without characters beyond ASCII.
[[nodiscard]] std::string_view sign_of(Outcome outcome, bool unicode) noexcept;

[[nodiscard]] Ink ink_of(Outcome outcome) noexcept;

/// "1 changed, 2 unchanged"; empty when nothing ended.
[[nodiscard]] std::string counts_text(const Tally& tally);

/// "deploy: 3 steps, 1 changed, 2 unchanged in 4.2s".
[[nodiscard]] std::string summary_line(std::string_view command, const Tally& tally,
                                       std::chrono::nanoseconds elapsed);

}  // namespace harbor::report
