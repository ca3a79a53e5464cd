// What the exit status of `docker run` says about a command.
#pragma once

#include <harbor/action.hpp>

#include <optional>

namespace harbor::docker {

/// The failure of a `docker run` for an input of container.run; nothing for status 0 and, with
/// `check: false`, for any status of the command itself.
std::optional<Error> run_failure_of(Context& context, const Process& process, const json& input);

}  // namespace harbor::docker
