// One entry of `templates`, as the descriptor has it.
#pragma once

#include <harbor/action.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

namespace harbor::templating {

struct Entry {
  std::string from, to;
  bool is_handlebars = true;
  bool is_strict = true;
  bool is_optional = false;
  std::optional<bool> no_escape;
  std::optional<std::set<std::string, std::less<>>> only;
  std::uint32_t mode = 0600;
  std::string pointer;

  /// Rendered once per service, not once.
  [[nodiscard]] bool is_own() const {
    constexpr std::string_view mark = "${service}";
    return from.find(mark) != std::string::npos || to.find(mark) != std::string::npos;
  }
};

/// The `index`-th entry; `interpolation` supplies what it leaves out. Throws template.bad_mode.
Entry entry_of(const json& given, const json& interpolation, std::size_t index);

}  // namespace harbor::templating
