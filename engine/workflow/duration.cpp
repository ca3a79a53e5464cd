#include "workflow/duration.hpp"

#include <charconv>

namespace harbor::workflow {

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept {
  constexpr double limit = 30.0 * 24 * 3600 * 1000;
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    double number = 0;
    const auto [end, failed] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (failed != std::errc{} || number < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    double unit = 0;
    if (text.starts_with("ms"))
      unit = 1;
    else if (text.starts_with('s'))
      unit = 1000;
    else if (text.starts_with('m'))
      unit = 60'000;
    else if (text.starts_with('h'))
      unit = 3'600'000;
    else
      return std::nullopt;
    text.remove_prefix(unit == 1 ? 2 : 1);
    total += number * unit;
    if (!(total <= limit)) return std::nullopt;
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(total));
}

}  // namespace harbor::workflow
