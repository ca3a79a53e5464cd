// Finds what would go wrong with the merged file, before anything starts.
#pragma once

#include <string>
#include <vector>

#include "merge.hpp"
#include "selection.hpp"
#include "variable.hpp"

namespace harbor::compose {

/// A port of the host that a service publishes.
struct Published {
  std::string service;
  std::string host_ip;   ///< empty: every address
  std::string port;      ///< empty: any free one; "8000-8010": one of these
  std::string protocol;  ///< "tcp"
  Place place;
};
/// All of them, in the order of the file, except those that Compose could not read either.
std::vector<Published> published_ports(const Project& project, const Lookup& lookup);

/// compose.port_taken: two services publish one port of one address.
std::vector<Warning> check_ports(const Project& project, const Lookup& lookup);
/// compose.dependency_missing: depends_on of a service that is not in the project; an error unless
/// required: false.
std::vector<Warning> check_dependencies(const Project& project);
/// compose.cross_file_token: a cross file with a token that no plain file has and that is no
/// capability.
std::vector<Warning> check_cross_files(const Selection& selection,
                                       const std::vector<std::string>& capabilities);
/// compose.variable_unset (empty for Compose), compose.variable_required (an error): one warning
/// per variable.
std::vector<Warning> check_variables(const Project& project, const Lookup& lookup);

}  // namespace harbor::compose
