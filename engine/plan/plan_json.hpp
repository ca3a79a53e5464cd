// A plan as JSON: what is written to be looked at, kept, and run later.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "plan/plan.hpp"

namespace harbor::plan {

/// Nothing is lost: what from_json() makes of it runs the same way.
[[nodiscard]] nlohmann::json to_json(const Plan& plan);

/// Takes a value of any shape (also a discarded one, json::parse's answer to broken text). Throws
/// report::Error H0223 when it is not a plan: a member missing, unknown or of another type, a step
/// that waits for one that does not run before it, a mark in no source, another format. That the
/// actions are there, and are those of the packs that it names, is for run() to see.
[[nodiscard]] Plan from_json(const nlohmann::json& value);

/// SHA-256 in lower-case hex. Equal for plans whose JSON is equal, whichever process made them.
[[nodiscard]] std::string digest(const Plan& plan);

}  // namespace harbor::plan
