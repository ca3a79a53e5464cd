// harbor/expansion.hpp - `${NAME}` in the grammar of env files, as a request and its result;
// Context::expand() answers one. Needs no host, for code that is handed its expander.
#pragma once

#include <harbor/interpolation.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor {

/// The value of a variable; nothing when it is not set. An empty string is a value.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

/// A text with variables to expand.
struct Expand {
  std::string_view text;
  Lookup lookup;
  /// Optional: references to names for which it returns false stay as they are.
  std::function<bool(std::string_view name)> only = {};
  bool eager = false;  ///< defaults that are not used are expanded as well, and may fail
};

/// Offsets and lengths are bytes of the text that was given.
struct Expansion {
  struct Unset {
    std::size_t offset = 0, length = 0;
    std::string name;
  };
  struct Fault {
    std::uint32_t kind = HARBOR_EXPANSION_FINE;  ///< HARBOR_EXPANSION_*
    std::size_t offset = 0, length = 0;
    std::string name, message;
  };

  std::string text;
  std::vector<Unset> unset;  ///< became empty
  std::optional<Fault> fault;
};

using Expander = std::function<Expansion(const Expand& request)>;

}  // namespace harbor
