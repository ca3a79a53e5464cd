// Ports that services are to publish and somebody else has.
#pragma once

#include <harbor/action.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "decision.hpp"

namespace harbor::docker {

/// The addresses on which `port` is listened on, from the text of /proc/net/tcp or tcp6:
/// "127.0.0.1", "0.0.0.0", "::" for every one, "::?" for any other of version 6.
std::vector<std::string> listening_addresses(std::string_view table, unsigned port);

/// Whether a port cannot be published on one address while somebody listens on the other; "" is
/// every address.
bool is_overlap(std::string_view wanted, std::string_view listening);

/// Throws compose.port_taken for the first port that a container which is to be started publishes,
/// and that something other than its own service has. Looks at this machine, and only where the
/// engine is known to be on it. TCP alone.
void require_free_ports(Context& context, const std::vector<Decision>& decisions);

}  // namespace harbor::docker
