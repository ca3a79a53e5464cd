// harbor/plan.hpp - what a plan operation returns: the changes that execute would make, and the
// output that it would return.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace harbor {

using json = nlohmann::json;

/// One change. Empty texts are left out.
struct Change {
  std::string op;            ///< "create", "update", "delete" or "run"
  std::string target;        ///< what is changed: "var/run/web/app.yml", "container web-1"
  std::string summary = {};  ///< a few words
  std::string diff = {};     ///< unified, without secrets
  bool destructive = false;  ///< something is lost for good
};

inline void to_json(json& out, const Change& change) {
  out = {{"op", change.op}, {"target", change.target}};
  if (!change.summary.empty()) out["summary"] = change.summary;
  if (!change.diff.empty()) out["diff"] = change.diff;
  if (change.destructive) out["destructive"] = true;
}

/// The output of a plan operation; no changes means that execute would find nothing to do.
/// `outputs` is what execute would return, for planning later steps; null if it is not known.
inline json planned(const std::vector<Change>& changes, json outputs = nullptr) {
  json plan = {{"changes", changes}};
  if (!outputs.is_null()) plan["outputs"] = std::move(outputs);
  return plan;
}

}  // namespace harbor
