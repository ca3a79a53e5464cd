// White space control: `~`, and lines with nothing but a block tag or a comment on them.
#pragma once

#include "syntax.hpp"

namespace harbor::templating {

/// Trims the text nodes of a template as the handlebars package does.
void control_whitespace(Program& root);

}  // namespace harbor::templating
