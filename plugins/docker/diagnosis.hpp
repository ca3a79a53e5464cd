// What went wrong when services did not start: which one, why, and its last output.
#pragma once

#include <harbor/action.hpp>

#include "command.hpp"

namespace harbor::docker {

/// The failure of a `compose up`, with details queried from the engine. Changes nothing and never
/// fails.
Error diagnose(Context& context, const Stack& stack, const Process& process);

/// The failure when `service` cannot publish a port, with its holder.
Error taken(Context& context, unsigned port, const std::string& service);

/// The failure when the services were not ready in time.
Error diagnose_late(Context& context, const Stack& stack);

}  // namespace harbor::docker
