// What changes between two texts, as people read it.
#pragma once

#include <string>
#include <string_view>

namespace harbor::templating {

/// A unified diff with three lines of context and `name` in its head; "" when nothing differs.
/// Control characters but tabs become '?', so that it can be printed. Where the texts differ in
/// very many lines it shows all of them as replaced, so that it takes linear time.
std::string unified_diff(const std::string& name, std::string_view before, std::string_view after);

}  // namespace harbor::templating
