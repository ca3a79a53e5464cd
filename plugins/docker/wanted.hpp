// The desired state of each service, from the pack that reads compose files.
#pragma once

#include <harbor/action.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"

namespace harbor::docker {

/// The label of a container with digests of what it was created from: JSON, part -> digest.
inline constexpr const char* digest_label = "io.harbor.digest";

using Digests = std::map<std::string, std::string>;

struct Port {
  std::string ip;    ///< empty: every address
  std::string port;  ///< empty: any free one; may be a range
  std::string protocol;
};

struct Wanted {
  std::string service;
  Digests parts;          ///< the content of the label
  Digests content;        ///< of mounted files whose changes do not need a new container
  std::string on_change;  ///< "restart", "none" or a signal: what they need instead
  std::string image;      ///< empty: Compose names what it builds
  unsigned replicas = 1;
  std::vector<std::string> lives_in, restarts_with;
  std::vector<Port> ports;

  [[nodiscard]] bool is_built() const { return parts.contains("build"); }
};

/// In the order of the files; nothing if no pack can tell. `input` is that of compose.up.
std::optional<std::vector<Wanted>> wanted_services(Context& context, const Stack& stack,
                                                   const json& input);

/// A compose file that adds the label to each service; to be merged over the others.
std::string label_file(const std::vector<Wanted>& services);

}  // namespace harbor::docker
