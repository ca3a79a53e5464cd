// The merged file for use elsewhere: plain Compose, with nothing specific to this machine.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config_template.hpp"

namespace harbor::compose {

struct EjectedVariable {
  std::string name;
  bool has_default = false;  ///< every use of it has one
};

struct Ejected {
  std::string yaml;                        ///< variables kept as ${...}
  std::vector<EjectedVariable> variables;  ///< sorted
  std::vector<Warning> warnings;           ///< compose.absolute_path: one of another folder, kept
};

/// Puts config templates into the file itself, as `configs:` with their text: Compose then fills in
/// what Harbor would have rendered. Throws compose.file_missing.
void inline_templates(Project& project, const Tree& tree,
                      const std::vector<ConfigTemplate>& templates);

/// `folder` is the absolute project folder: paths below it become relative. `from` is that folder,
/// relative to where the file will be.
Ejected eject(const Project& project, const std::string& folder, const std::string& from = ".");

/// The .env beside it: NAME=value for each variable that has one, secrets empty with a comment that
/// says so.
std::string env_of(const Ejected& ejected, const Lookup& lookup,
                   const std::function<bool(const std::string&)>& is_secret);

}  // namespace harbor::compose
