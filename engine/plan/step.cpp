#include "plan/step.hpp"

#include <algorithm>
#include <harbor/pointer.hpp>

namespace harbor::plan {

namespace {

void add_places(const document::Value& value, const std::string& pointer,
                std::vector<Place>& into) {
  std::size_t index = 0;
  for (const auto& item : value.items) {
    into.push_back({pointer + "/" + std::to_string(index++), {}, item.mark});
    add_places(item, std::string(into.back().pointer), into);
  }
  for (const auto& member : value.members) {
    into.push_back({pointer + pointer_to(member.key), {}, member.value.mark});
    add_places(member.value, std::string(into.back().pointer), into);
  }
}

}  // namespace

bool may_write(const ResolvedAction& action, const PlannedStep& step) {
  if ((action.info->effects & HARBOR_FX_WRITES) == 0) return false;
  if (step.undoes) return true;
  bool is_asked_for = true;
  for (const auto& property : action.info->marked) {
    if (!property.writes) continue;
    const auto given = step.fixed.find(property.name);
    const bool is_open = std::any_of(step.open.begin(), step.open.end(), [&](const Open& part) {
      return part.property == property.name;
    });
    if (is_open || (given != step.fixed.end() && *given != false && !given->is_null())) return true;
    is_asked_for = false;
  }
  return is_asked_for;
}

document::Mark mark_of(const PlannedStep& step, std::string_view pointer, bool at_key) {
  // Looked up only for failures: an index is not worth its memory.
  while (pointer.starts_with('/')) {
    const auto found = std::find_if(step.places.begin(), step.places.end(),
                                    [&](const Place& place) { return place.pointer == pointer; });
    if (found != step.places.end())
      return at_key && found->key.source != 0 ? found->key : found->value;
    pointer = pointer.substr(0, pointer.rfind('/'));
    at_key = false;  // the key of what encloses it is not at fault
  }
  return step.mark;
}

std::vector<Place> places_of(const workflow::Step& step) {
  std::vector<Place> places;
  for (std::size_t i = 0; i < step.parameters.size(); ++i) {
    const auto& [name, value] = step.parameters[i];
    const auto pointer = pointer_to(name);
    places.push_back({pointer, step.parameter_marks[i], value->mark});
    add_places(*value, pointer, places);
  }
  return places;
}

}  // namespace harbor::plan
