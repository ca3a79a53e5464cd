#include "plugin/pack.hpp"

#include <algorithm>

namespace harbor::plugin {

namespace {

const Binding* of_property(const std::vector<Binding>& bindings, std::string_view property) {
  const auto found = std::find_if(bindings.begin(), bindings.end(), [&](const Binding& binding) {
    return binding.property == property;
  });
  return found == bindings.end() ? nullptr : &*found;
}

}  // namespace

const PropertyMarks& ActionInfo::marks(std::string_view property) const noexcept {
  static const PropertyMarks none;
  const auto found = std::find_if(marked.begin(), marked.end(), [&](const PropertyMarks& marks) {
    return marks.name == property;
  });
  return found == marked.end() ? none : *found;
}

const Binding* ActionInfo::consumed(std::string_view property) const noexcept {
  return of_property(consumes, property);
}

const Binding* ActionInfo::published(std::string_view property) const noexcept {
  return of_property(publishes, property);
}

}  // namespace harbor::plugin
