// The container that replaces a native service: it forwards what other services send to the
// service's name.
#pragma once

#include <vector>

#include "native_contract.hpp"

namespace harbor::compose {

/// Makes proxies of the services: {{.native_port}} and {{NATIVE_PORT}} replaced,
/// host.docker.internal resolvable, no device reservations. Throws compose.native_placeholder if a
/// contract has no port.
void apply_native(Project& project, const std::vector<NativeContract>& contracts);

}  // namespace harbor::compose
