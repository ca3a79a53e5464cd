// harbor_spawn -> Command: what a pack may start, and with what.
#pragma once

#include <harbor/plugin.h>

#include "host/call.hpp"

namespace harbor::host {

/// What the operation is allowed.
struct SpawnAccess {
  std::uint64_t effects = 0;
  std::uint32_t op = HARBOR_OP_EXECUTE;
  bool may_attach = false;
};

struct SpawnOutcome {
  process::Completion completion;
  std::optional<Failure> failure;  ///< refused, not startable, out of time or cancelled
};

/// Checks the request, puts secrets in place, runs the process, passes on its lines masked.
[[nodiscard]] SpawnOutcome serve_spawn(const Services& services, const CallSetup& setup,
                                       const SpawnAccess& access, const harbor_spawn& request);

}  // namespace harbor::host
