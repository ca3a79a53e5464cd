// What a start is to bring about, service by service, as the pack that reads compose files says.
#pragma once

#include <harbor/action.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"

namespace harbor::docker {

/// The label of a container that says what it was made of: JSON, digests by what they are of.
inline constexpr const char* digest_label = "io.harbor.digest";

using Digests = std::map<std::string, std::string>;

struct Port {
  std::string ip;    ///< empty: every address
  std::string port;  ///< empty: any free one; may be a range
  std::string protocol;
};

struct Wanted {
  std::string service;
  Digests parts;          ///< what the label is to say
  Digests content;        ///< of mounted files that call for no new container
  std::string on_change;  ///< "restart", "none" or a signal: what they call for instead
  std::string image;      ///< empty: Compose names what it builds
  unsigned replicas = 1;
  std::vector<std::string> lives_in, restarts_with;
  std::vector<Port> ports;

  [[nodiscard]] bool is_built() const { return parts.contains("build"); }
};

/// In the order of the files; nothing where no pack can tell. `input` is that of compose.up.
std::optional<std::vector<Wanted>> wanted_services(Context& context, const Stack& stack,
                                                   const json& input);

/// A compose file that puts the label on each service; to be laid over the others.
std::string label_file(const std::vector<Wanted>& services);

}  // namespace harbor::docker
