// harbor/invoke.hpp - calling other actions as part of a step: by name, or through the descriptor's
// hooks.
#pragma once

#include <harbor/call.hpp>

#include <string>
#include <string_view>

namespace harbor {

/// Runs another action as part of this step, at most 16 deep; returns its output, null if it has
/// none. Throws HostFailure.
inline json invoke(const Call& call, std::string_view action, const json& input) {
  const std::string text = detail::dump(input);
  harbor_str output{};
  detail::check(call.host().invoke(call.raw(), detail::view(action), detail::view(text), &output),
                "invoke");
  return output.len == 0 ? json() : json::parse(detail::text(output));
}

/// Runs the descriptor's hooks for `point` ("pre_service_up"). Throws HostFailure.
inline void raise_hook(const Call& call, std::string_view point,
                       const json& payload = json::object()) {
  const std::string text = detail::dump(payload);
  detail::check(call.host().raise_hook(call.raw(), detail::view(point), detail::view(text)),
                "raise_hook");
}

}  // namespace harbor
