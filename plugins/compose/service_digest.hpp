// Digests of what a service is created from: if they are equal, a running container is the same as
// one started now.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "conflict.hpp"
#include "merge.hpp"
#include "mounted_content.hpp"
#include "variable.hpp"

namespace harbor::compose {

struct ServiceDigest {
  std::string name;
  /// By part: "service" (its keys), "build" (Dockerfile and context), an env file, a path of the
  /// run folder that it mounts.
  std::map<std::string, std::string> parts;
  std::map<std::string, std::string>
      content;            ///< of mounts whose changes do not need a new container
  std::string on_change;  ///< as on_change_of() says; empty: a new container
  unsigned replicas = 1;
  std::string image;                       ///< empty: Compose names what it builds
  std::vector<std::string> lives_in;       ///< services whose namespaces or volumes it uses
  std::vector<std::string> restarts_with;  ///< services whose new container restarts it
  std::vector<Published> ports;
};

/// What digests are computed with; everything outlives it.
struct DigestSource {
  const Tree& tree;
  std::string workspace;
  Lookup lookup;  ///< for a secret, a text that changes with it
  RenderedFiles rendered;
  Sum sum;        ///< for public content
  Sum keyed_sum;  ///< for content that may hold a secret
};

/// The digests of all services, in the order of the file. Throws compose.on_change.
std::vector<ServiceDigest> service_digests(const Project& project, const DigestSource& source);

}  // namespace harbor::compose
