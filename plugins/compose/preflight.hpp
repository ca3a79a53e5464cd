// Is there an engine to talk to? Asked once, before anything that could hang.
#pragma once

#include <harbor/action.hpp>

#include <string_view>

namespace harbor::compose {

/// The first version with inline configs.
inline constexpr std::string_view needed_compose = "2.23.1";

/// Throws compose.engine_missing, compose.daemon_unavailable, compose.daemon_timeout or
/// compose.permission. A few milliseconds when all is well.
void require_engine(Context& context);

/// Throws compose.compose_missing or compose.too_old.
void require_compose(Context& context);

}  // namespace harbor::compose
