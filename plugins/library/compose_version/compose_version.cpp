#include "compose_version.hpp"

#include <array>
#include <charconv>

namespace harbor::compose_version {

bool has_inline_configs(std::string_view version) {
  while (!version.empty() && (version.back() == '\n' || version.back() == ' '))
    version.remove_suffix(1);
  if (version.empty()) return false;
  if (version.front() == 'v') version.remove_prefix(1);
  std::array<int, 3> parts{};
  for (int& part : parts) {
    auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), part);
    if (error != std::errc())
      return true;  // "dev" and the like: newer than any release that lacks it
    version.remove_prefix(static_cast<std::size_t>(end - version.data()));
    if (version.empty() || version.front() != '.') break;
    version.remove_prefix(1);
  }
  return parts >= std::array<int, 3>{2, 23, 1};
}

}  // namespace harbor::compose_version
