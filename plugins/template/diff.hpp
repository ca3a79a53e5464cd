// What changes between two texts, as people read it.
#pragma once

#include <string>
#include <string_view>

namespace harbor::templating {

/// A unified diff with three lines of context and `name` in its head; "" when nothing differs.
/// Control characters other than tabs become '?', so that it can be printed. Texts that differ in
/// very many lines are shown as replaced entirely, which keeps the time linear.
std::string unified_diff(const std::string& name, std::string_view before, std::string_view after);

}  // namespace harbor::templating
