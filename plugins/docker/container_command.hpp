// The command line of `docker run` for one command in a locked-down container.
#pragma once

#include <harbor/action.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace harbor::docker {

/// Labels that identify the containers of `container.run`.
inline constexpr std::string_view run_label = "io.harbor.run";              ///< the run's id
inline constexpr std::string_view workspace_label = "io.harbor.workspace";  ///< absolute

/// The name and the owner of a container that runs one command.
struct RunIdentity {
  std::string name;       ///< of the container
  std::string run_id;     ///< of Harbor's run
  std::string workspace;  ///< absolute; relative mounts are beneath it
  std::string user;       ///< UID:GID, where the input names none
};

/// `docker run ...` for an input of container.run, ready to be spawned. Plain variables are on the
/// command line; secrets are in the client's environment, and only their names on the command line.
/// The container can use nothing that the input does not allow.
Spawn run_command(const json& input, const RunIdentity& identity);

/// Why this input cannot be run: names of variables, sizes, paths. Empty when it can.
std::vector<Error> faults_of(const json& input);

}  // namespace harbor::docker
