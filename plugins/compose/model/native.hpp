// Services that run outside of containers: left out of the selection by name, replaced by a proxy
// from <name>_native.yml, described by its `x-harbor-native` contract. Pure: nothing is started
// here.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "merge.hpp"
#include "selection.hpp"
#include "variable.hpp"

namespace harbor::compose {

/// `x-harbor-native`, its placeholders and variables resolved.
struct NativeContract {
  std::string service;
  std::string executable;
  std::vector<std::string> daemon_args;
  std::string port;  ///< empty: the contract names none
  bool requires_gpu_passthrough = false;
  std::vector<std::string> env_vars;  ///< names to hand on
  std::vector<std::pair<std::string, std::string>> env_overrides;
  Place place;
};

/// A file to render on the host and mount read-only: `x-harbor-config-templates`.
struct ConfigTemplate {
  std::string service;
  std::string source;  ///< relative to the project
  std::string target;  ///< in the container, from its root

  /// The folder that holds the rendered files of the service. Beneath it each has the path that it
  /// has in the container, so that no two get one name.
  std::string folder() const { return "var/run/" + service + "/config"; }
  std::string rendered() const { return folder() + target; }
};

/// Names of `-x a,b -x c`: split at commas, each once, in order.
std::vector<std::string> excluded_names(const std::vector<std::string>& given);

/// Appends <name>/<name>_native.yml or stacks/<name>/<name>_native.yml for each excluded name that
/// has one, in that order. Throws compose.native_unknown (no file speaks of the service),
/// compose.native_unreferenced (no chosen file has it
/// as a token and nothing selects it).
void add_native_files(const Tree& tree, Selection& selection, const SelectionRequest& request);

/// Of these services those whose native file is among the chosen files. The others are left out
/// with nothing in their place: warnings compose.native_no_contract, by which no start gets.
std::vector<std::string> stand_ins(const std::vector<std::string>& names,
                                   const std::vector<std::string>& files,
                                   std::vector<Warning>& warnings);

/// The contracts of these services. The key may stand under the service or at the top level.
/// Throws compose.native_no_contract, compose.native_malformed, compose.native_placeholder, each
/// with its place.
std::vector<NativeContract> native_contracts(const Project& project,
                                             const std::vector<std::string>& names,
                                             const Lookup& lookup);

/// Makes proxies of the services: {{.native_port}} and {{NATIVE_PORT}} replaced,
/// host.docker.internal resolvable, no device reservations. Throws compose.native_placeholder where
/// a contract has no port.
void apply_native(Project& project, const std::vector<NativeContract>& contracts);

/// Takes the config templates, mounts the file that each will be rendered to, and leaves the
/// command as it is. Throws compose.template_malformed.
std::vector<ConfigTemplate> apply_config_templates(Project& project, const Lookup& lookup);

/// Mounts `x-harbor-shared-volumes` (a list of mounts in short form) whose variables all have a
/// value; the others come back as warnings compose.shared_volume_skipped.
std::vector<Warning> apply_shared_volumes(Project& project, const Lookup& lookup);

}  // namespace harbor::compose
