// Config files that Harbor renders and a service mounts: `x-harbor-config-templates`.
#pragma once

#include <string>
#include <vector>

#include "merge.hpp"
#include "variable.hpp"

namespace harbor::compose {

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

/// Takes the config templates, mounts the file that each will be rendered to, and leaves the
/// command as it is. Throws compose.template_malformed.
std::vector<ConfigTemplate> apply_config_templates(Project& project, const Lookup& lookup);

}  // namespace harbor::compose
