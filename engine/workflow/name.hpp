// Names of services, options and sites: safe in paths and on command lines.
#pragma once

#include <algorithm>
#include <string_view>

namespace harbor::workflow {

inline constexpr std::string_view name_rule =
    "a name starts with a letter or digit, then letters, digits, '.', '_' and '-', at most 64 in "
    "all";

[[nodiscard]] inline bool is_name(std::string_view text) noexcept {
  const auto alnum = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && text.size() <= 64 && alnum(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return alnum(c) || c == '.' || c == '_' || c == '-'; });
}

/// A name, or `*` for all.
[[nodiscard]] inline bool is_selector(std::string_view text) noexcept {
  return text == "*" || is_name(text);
}

}  // namespace harbor::workflow
