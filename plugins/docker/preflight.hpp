// Is there an engine to talk to? Checked once, before anything that could hang.
#pragma once

#include <harbor/action.hpp>

#include <string>

namespace harbor::docker {

/// Runs a read-only command with a time-out of five seconds. Throws like require_engine(), and the
/// failure that its output describes.
Process ask_engine(Context& context, Spawn spawn);

/// Throws compose.engine_missing, compose.daemon_unavailable, compose.daemon_timeout or
/// compose.permission. A few milliseconds when all is well.
void require_engine(Context& context);

/// What `docker compose version` says. Throws compose.compose_missing.
std::string compose_release(Context& context);

/// Throws compose.compose_missing or compose.too_old.
void require_compose(Context& context);

}  // namespace harbor::docker
