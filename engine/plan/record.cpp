#include "plan/record.hpp"

#include <functional>
#include <set>

namespace harbor::plan {
using nlohmann::json;

namespace {

/// Hands over what the runs since the last destroy noted, the latest run first, until `take` says
/// that it has enough.
void look_back(const std::filesystem::path& var,
               const std::function<bool(const std::vector<json>& records)>& take) {
  for (const auto& id : store::run_ids(var)) {
    const auto run = store::read_run(var, id);
    if (run && (took_down(*run) || !take(run->records))) return;
  }
}

}  // namespace

bool took_down(const store::RunSummary& run) {
  if (run.outcome != "success" && run.outcome != "noop") return false;
  for (const json& record : run.records)
    if (record.value("event", "") == "run_started")
      for (const json& stage : record.value("stages", json::array()))
        if (stage == "destroy") return true;
  return false;
}

json recorded_artifacts(const std::filesystem::path& var) {
  json artifacts = json::object();
  look_back(var, [&](const std::vector<json>& records) {
    for (const json& record : records)
      if (record.value("event", "") == "artifact")
        artifacts[record.value("name", "")] = record.value("value", json());
    return artifacts.empty();
  });
  return artifacts;
}

std::vector<SavedState> saved_states(const std::filesystem::path& var) {
  std::vector<SavedState> states;
  std::set<std::pair<std::string, std::string>> seen;  // the latest word on a step counts
  look_back(var, [&](const std::vector<json>& records) {
    for (auto record = records.rbegin(); record != records.rend(); ++record) {
      const auto event = record->value("event", "");
      if (event != "step_state" && event != "step_undone") continue;
      const auto step = record->value("step", ""), action = record->value("action", "");
      if (seen.emplace(step, action).second && event == "step_state")
        states.push_back({step, action, record->value("state", json::object())});
    }
    return true;
  });
  return states;
}

}  // namespace harbor::plan
