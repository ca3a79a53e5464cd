// A plan as JSON, to be inspected, kept, and run later.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "plan/plan.hpp"

namespace harbor::plan {

/// Lossless: the plan that from_json() reads runs in the same way.
[[nodiscard]] nlohmann::json to_json(const Plan& plan);

/// Takes a value of any shape (also a discarded one, which json::parse returns for broken text).
/// Throws report::Error H0223 when it is not a plan: a member missing, unknown or of another type,
/// a step that waits for one that does not run before it, a mark in no source, another format.
/// run() checks that the actions exist and belong to the packs that the plan names.
[[nodiscard]] Plan from_json(const nlohmann::json& value);

/// SHA-256 in lower-case hex. Equal for plans whose JSON is equal, whichever process made them.
[[nodiscard]] std::string digest(const Plan& plan);

}  // namespace harbor::plan
