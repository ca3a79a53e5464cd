// The JSON Schema of the descriptor, with every action of the registry in it.
#pragma once

#include <nlohmann/json.hpp>

#include "plugin/registry.hpp"

namespace harbor::cli {

/// Draft 7, self-contained. Editors complete and check with it; `harbor check` knows more
/// (artifacts, references).
[[nodiscard]] nlohmann::json descriptor_schema(const plugin::Registry& registry);

}  // namespace harbor::cli
