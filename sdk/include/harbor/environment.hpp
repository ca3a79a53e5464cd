// harbor/environment.hpp - variables of the environment in which the user started Harbor, over the
// host's table "harbor.environment.v1". Needs HARBOR_FX_READ_HOST.
#pragma once

#include <harbor/environment.h>
#include <harbor/call.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace harbor {

/// The value of a variable; nothing when it is not set. From any thread. Throws HostFailure.
[[nodiscard]] inline std::optional<std::string> environment(const Call& call,
                                                            std::string_view name) {
  const auto& table =
      call.needed<harbor_environment>(HARBOR_ENVIRONMENT_ID, "read the environment for packs");
  harbor_str value{};
  const harbor_status status = table.get(call.raw(), detail::view(name), &value);
  if (status == HARBOR_E_NOT_FOUND) return std::nullopt;
  detail::check(status, "environment");
  return std::string(detail::text(value));
}

}  // namespace harbor
