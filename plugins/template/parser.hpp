// From the text of a template to its tree.
#pragma once

#include <string>
#include <string_view>

#include "syntax.hpp"

namespace harbor::templating {

/// Blocks and subexpressions nest this deep, no deeper.
inline constexpr std::size_t max_nesting = 64;

/// The tree of `text`, which must outlive it. `file` is for labels. Throws harbor::Error:
/// `template.syntax`, `template.unsupported`, `template.unknown_helper`, `template.bad_argument`,
/// `template.too_deep`.
Program parse_template(std::string_view text, const std::string& file);

}  // namespace harbor::templating
