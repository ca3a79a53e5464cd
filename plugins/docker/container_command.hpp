// The command line of `docker run` for one command in a container that may do little.
#pragma once

#include <harbor/action.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace harbor::docker {

/// Labels by which containers of `container.run` are found again.
inline constexpr std::string_view run_label = "io.harbor.run";              ///< the run's id
inline constexpr std::string_view workspace_label = "io.harbor.workspace";  ///< absolute

/// What a container that runs one command is called and belongs to.
struct RunIdentity {
  std::string name;       ///< of the container
  std::string run_id;     ///< of Harbor's run
  std::string workspace;  ///< absolute; relative mounts are beneath it
  std::string user;       ///< UID:GID, where the input names none
};

/// `docker run ...` for an input of container.run, ready to be spawned. Plain variables stand in
/// the command line; secrets in the client's environment, named there. Everything that may be
/// closed is closed unless the input opens it.
Spawn run_command(const json& input, const RunIdentity& identity);

/// Why this input cannot be run: names of variables, sizes, paths. Empty when it can.
std::vector<Error> faults_of(const json& input);

}  // namespace harbor::docker
