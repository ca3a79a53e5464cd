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

  /// The folder with the rendered files of the service. Each has the same path in it as in the
  /// container, so that no two have the same name.
  std::string folder() const { return "var/run/" + service + "/config"; }
  std::string rendered() const { return folder() + target; }
};

/// Removes the config templates and mounts the file that each will be rendered to; the command is
/// left as it is. Throws compose.template_malformed.
std::vector<ConfigTemplate> apply_config_templates(Project& project, const Lookup& lookup);

}  // namespace harbor::compose
