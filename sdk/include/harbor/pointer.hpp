// harbor/pointer.hpp - JSON pointers (RFC 6901) from names. Needs only the standard library.
#pragma once

#include <string>
#include <string_view>

namespace harbor {

/// The part of a pointer that selects the member `name`: "a/b" becomes "/a~1b". Append it to the
/// pointer of the object.
inline std::string pointer_to(std::string_view name) {
  std::string step = "/";
  step.reserve(name.size() + 1);
  for (const char c : name) {
    if (c == '~' || c == '/')
      step += c == '~' ? "~0" : "~1";
    else
      step += c;
  }
  return step;
}

}  // namespace harbor
