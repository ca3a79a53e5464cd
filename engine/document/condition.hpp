// `when:` - a tiny expression that is data, not code.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/interpolation.hpp"

namespace harbor::document {

/// The result of an expression, or why there is none.
struct Condition {
  bool value = false;
  std::string error;       ///< empty when fine
  std::size_t offset = 0;  ///< of the error in the expression, in bytes
  std::size_t length = 0;
};

/// or   := and { "||" and }      and := not { "&&" not }      not := "!" not | equal equal := term
/// [ ("==" | "!=") term ]      term := "(" or ")" | quoted text | bare text, both with ${...}
/// Interpolated text is never parsed as an expression. Empty, `false`, `0`, `no` and `off` (any
/// case) are false. Linear in the length; at most 32 levels of brackets.
[[nodiscard]] Condition evaluate(std::string_view expression, const Lookup& lookup);

/// Checks the grammar only and lists the names that the expression refers to.
struct ConditionNames {
  std::vector<std::string> names;
  /// Mentions in a comparison with anything but an empty text that have no default and no message
  /// for a variable that is not set: then the result of the comparison is a foregone conclusion.
  std::vector<Variable> compared = {};
  std::optional<Condition> error;
};
[[nodiscard]] ConditionNames names_in(std::string_view expression);

}  // namespace harbor::document
