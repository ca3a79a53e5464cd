// Turns the output of `docker` into a failure with a hint.
#pragma once

#include <harbor/action.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::docker {

/// What docker's output does not say itself.
struct Circumstance {
  std::string_view workspace = {};    ///< cut from the paths of files
  std::string_view docker_host = {};  ///< $DOCKER_HOST: the engine that was asked
};

/// The failure that the output of a failed command describes; compose.failed if it is unknown.
Error failure_of(const Process& process, const Circumstance& circumstance = {});

/// The same, with the circumstance taken from the context.
Error failure_of(Context& context, const Process& process);

/// The port of "port is already allocated" or "address already in use".
std::optional<unsigned> taken_port(std::string_view text);

/// The container of "container x is unhealthy" or "container x exited (3)".
std::optional<std::string> blamed_container(std::string_view text);

/// The last `count` lines that are not blank, trimmed.
std::vector<std::string> last_lines(std::string_view text, std::size_t count);

/// The message of `time="..." level=warning msg="..."`, if the line is such a warning.
std::optional<std::string> warning_in(std::string_view line);

}  // namespace harbor::docker
