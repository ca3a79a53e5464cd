// ${...} in a text, by Compose's grammar: $NAME, ${NAME}, ${NAME:-default} - :? ? :+ +, nesting,
// $$.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::compose {

using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

/// One use of a variable. Those of a default follow the use that holds them.
struct VariableUse {
  std::string name;
  std::string mark;  ///< "", ":-", "-", ":?", "?", ":+" or "+"
  std::string rest;  ///< the default, message or replacement, as written
};

std::vector<VariableUse> variables_in(std::string_view text);

/// The text with every variable replaced, `$$` by `$`. Nothing if one without a default has no
/// value, or if the braces do not match.
std::optional<std::string> substituted(std::string_view text, const Lookup& lookup);

}  // namespace harbor::compose
