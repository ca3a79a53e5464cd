// A text that knows which of its parts came from secrets.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::templating {

/// Bytes [begin, end) of a text.
struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;

  friend bool operator==(const Stretch&, const Stretch&) = default;
};

struct Marked {
  std::string text;
  std::vector<Stretch> secrets;  ///< in their order, none within another
};

/// The text with "******" in place of what came from secrets; parts that touch become one.
std::string masked(std::string_view text, const std::vector<Stretch>& secrets);

/// What goes in the place of a value.
using Put = std::function<std::string(std::string value, bool is_secret)>;

/// Follows secrets through an expansion of `text` that somebody else makes: `expand` gets what is
/// to be put in place of each value, and may be called twice. Where the parts could not be told,
/// all of the text counts as secret.
Marked followed(std::string_view text, const std::function<std::string(const Put&)>& expand);

}  // namespace harbor::templating
