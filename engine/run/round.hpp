// One round of a step: its only one, or that of an item of `forEach`, or of a hook point.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>

#include "report/diagnostic.hpp"
#include "report/event.hpp"

namespace harbor::run {

/// The values of one round of `forEach`, or of a hook point.
struct Round {
  const nlohmann::json* item = nullptr;
  std::optional<std::size_t> index;
  const nlohmann::json* hook = nullptr;
  unsigned depth = 0;       ///< of nested actions and hooks
  bool is_partial = false;  ///< of a check: artifacts that the step takes are missing
};

/// How a round ended.
struct RoundResult {
  report::Outcome outcome = report::Outcome::noop;
  unsigned attempts = 0;
  report::Diagnostics diagnostics;
  nlohmann::json output;
  nlohmann::json changes;
};

}  // namespace harbor::run
