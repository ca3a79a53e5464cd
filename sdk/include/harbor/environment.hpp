// harbor/environment.hpp - variables of the environment in which the user started Harbor, over the
// host's table "harbor.environment.v1". Needs HARBOR_FX_READ_HOST.
#pragma once

#include <harbor/environment.h>
#include <harbor/call.hpp>

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

/// The names of the variables that begin with `prefix`, sorted. From any thread. Throws
/// HostFailure.
[[nodiscard]] inline std::vector<std::string> environment_names(const Call& call,
                                                                std::string_view prefix) {
  const auto& table =
      call.needed<harbor_environment>(HARBOR_ENVIRONMENT_ID, "read the environment for packs");
  struct Names {
    std::vector<std::string> all;
    std::exception_ptr thrown;
  } names;
  const auto visit = [](void* user, harbor_str name) noexcept {
    auto* self = static_cast<Names*>(user);
    detail::guard(self->thrown, [&] { self->all.emplace_back(detail::text(name)); });
  };
  const harbor_status status = table.names(call.raw(), detail::view(prefix), visit, &names);
  if (names.thrown) std::rethrow_exception(names.thrown);
  detail::check(status, "environment_names");
  return std::move(names.all);
}

}  // namespace harbor
