#include "report/ink.hpp"

#include <array>

namespace harbor::report {

std::string paint(std::string_view text, Ink ink) {
  constexpr std::array<std::string_view, 8> escapes{"",           "\x1b[1m",    "\x1b[2m",
                                                    "\x1b[1;31m", "\x1b[1;32m", "\x1b[1;33m",
                                                    "\x1b[1;34m", "\x1b[1;36m"};
  if (ink == Ink::none || text.empty()) return std::string{text};
  return std::string{escapes[static_cast<std::size_t>(ink)]}.append(text).append("\x1b[0m");
}

}  // namespace harbor::report
