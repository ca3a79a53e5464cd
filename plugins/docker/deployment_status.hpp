// What `harbor status` says of a deployment.
#pragma once

#include <harbor/action.hpp>

#include "action.hpp"

namespace harbor::docker {

/// Where the labels of the last start are, beneath the run folder: they name its services.
inline constexpr const char* label_file_name = "compose.label.yml";

/// The state of the containers of `input`'s project, told apart from those that the last start has
/// left over: {"state", "summary", "items"}.
json deployment_status(Context& context, const json& input);

}  // namespace harbor::docker
