#include "plan/record.hpp"

#include <algorithm>

namespace harbor::plan {

Record record_of(const store::State& state, const std::vector<std::string>& forgotten) {
  Record record;
  for (const auto& [name, artifact] : state.artifacts) record.artifacts[name] = artifact.value;
  // What was made last may depend on what was made before, so it is undone first.
  for (auto saved = state.states.rbegin(); saved != state.states.rend(); ++saved) {
    const auto& maker = saved->maker;
    if (std::find(forgotten.begin(), forgotten.end(), maker.step) == forgotten.end())
      record.states.push_back(
          {maker.step, maker.action, saved->state, maker.pack, maker.pack_version});
  }
  return record;
}

}  // namespace harbor::plan
