// Is there an engine to talk to? Checked once, before anything that could hang.
#pragma once

#include <harbor/action.hpp>

#include <chrono>
#include <string>

namespace harbor::docker {

/// How long an engine may take for an answer that needs milliseconds.
inline constexpr std::chrono::seconds engine_patience{5};

/// Runs a command that only looks. Throws like require_engine() when it does not end in time.
Process look_at_engine(Context& context, Spawn spawn,
                       std::chrono::milliseconds patience = engine_patience);

/// The same, and throws the failure that its output describes.
Process ask_engine(Context& context, Spawn spawn,
                   std::chrono::milliseconds patience = engine_patience);

/// For a `spawn` that may take long: ends its process if it prints nothing and the engine fails to
/// answer three times in a row. spawn() then throws what require_engine() does. `context` outlives
/// the process.
void watch_engine(Context& context, Spawn& spawn);

/// Runs a command that changes the engine, watched as above. Throws the failure that its output
/// describes.
void change_engine(Context& context, Spawn spawn);

/// Throws compose.engine_missing, compose.daemon_unavailable, compose.daemon_timeout or
/// compose.permission. A few milliseconds when all is well.
void require_engine(Context& context);

/// What `docker compose version` says. Throws compose.compose_missing.
std::string compose_release(Context& context);

/// Throws compose.compose_missing or compose.too_old.
void require_compose(Context& context);

}  // namespace harbor::docker
