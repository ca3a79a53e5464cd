// Whether an `up` that ended with 0 has started anything.
#pragma once

#include <harbor/action.hpp>
#include <optional>
#include <vector>

#include "command.hpp"
#include "container.hpp"
#include "wanted.hpp"

namespace harbor::docker {

/// An `up` that ends with 0 is believed only if there is something to show for it: throws
/// compose.not_started where a service that was asked for, or any that Compose was to start, has no
/// container in `after`. `known` are the services of the stack where a pack can tell them; else
/// Compose is asked.
void require_started(Context& context, const Stack& stack, const json& input,
                     const std::vector<Container>& after,
                     const std::optional<std::vector<Wanted>>& known);

}  // namespace harbor::docker
