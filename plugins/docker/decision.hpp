// What a start does with each service: `plan` tells of it, `up` goes by it. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "container.hpp"
#include "wanted.hpp"

namespace harbor::docker {

enum class Deed : std::uint8_t {
  leave,     ///< runs as it should
  ignore,    ///< its content changed, and it asks for nothing
  signal,    ///< Wanted::on_change
  unpause,   ///< the same container goes on
  start,     ///< the same container runs again
  restart,   ///< the same container runs anew
  scale,     ///< containers are added or removed, the others stay
  recreate,  ///< new containers
  create,    ///< it has none yet
};

struct Decision {
  const Wanted* wanted = nullptr;
  Deed deed = Deed::leave;
  std::string reason = {};
  bool builds = false;                            ///< its image has to be built before
  bool is_told = false;                           ///< the deed answers to changed content
  std::vector<const Container*> containers = {};  ///< that it has now
};

/// What is known besides the files.
struct Circumstances {
  bool recreates = false;  ///< all containers are to be replaced
  std::string project = {};
  std::map<std::string, Digests> content = {};  ///< by container: what it read when it last looked
  std::map<std::string, std::string> images = {};  ///< by name: its id now; may lack some
};

/// One for each service, in their order. `services` and `containers` outlive it.
std::vector<Decision> decide(const std::vector<Wanted>& services,
                             const std::vector<Container>& containers,
                             const Circumstances& circumstances);

/// Services with containers that nobody wants any more, sorted.
std::vector<std::string> orphans_of(const std::vector<Wanted>& services,
                                    const std::vector<Container>& containers);

}  // namespace harbor::docker
