// What a start does with each service: `plan` shows it, `up` carries it out. Pure.
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
  ignore,    ///< its content changed, but it needs no reaction
  signal,    ///< Wanted::on_change
  unpause,   ///< the same container goes on
  start,     ///< the same container runs again
  restart,   ///< the same container is restarted
  scale,     ///< containers are added or removed, the others stay
  recreate,  ///< new containers
  create,    ///< it has none yet
};

struct Decision {
  const Wanted* wanted = nullptr;
  Deed deed = Deed::leave;
  std::string reason = {};
  bool builds = false;                            ///< its image has to be built before
  bool is_told = false;                           ///< the deed is a reaction to changed content
  std::vector<const Container*> containers = {};  ///< that it has now
};

/// What is known besides the files.
struct Circumstances {
  bool recreates = false;  ///< all containers are replaced
  std::string project = {};
  std::map<std::string, Digests> content = {};     ///< by container: what it last read
  std::map<std::string, std::string> images = {};  ///< by name: its id now; may lack some
};

/// One for each service, in their order. `services` and `containers` outlive it.
std::vector<Decision> decide(const std::vector<Wanted>& services,
                             const std::vector<Container>& containers,
                             const Circumstances& circumstances);

/// Services that have containers but are no longer wanted, sorted.
std::vector<std::string> orphans_of(const std::vector<Wanted>& services,
                                    const std::vector<Container>& containers);

}  // namespace harbor::docker
