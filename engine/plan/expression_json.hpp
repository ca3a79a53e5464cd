// Marks and expressions as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "plan/step.hpp"

namespace harbor::plan {

/// [source, line, column, length]
[[nodiscard]] nlohmann::json mark_to_json(const document::Mark& mark);
/// `sources`: how many there are. Throws as refuse_plan() does; `at` is where the value is.
[[nodiscard]] document::Mark mark_from_json(const nlohmann::json& value, const std::string& at,
                                            std::size_t sources);

/// Kind, mark and content of every value in it. The places of replaced values are left out.
[[nodiscard]] nlohmann::json expression_to_json(const Expression& expression);
[[nodiscard]] Expression expression_from_json(const nlohmann::json& value, const std::string& at,
                                              std::size_t sources);

}  // namespace harbor::plan
