// The users that services run as, if compose files give them as numbers.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "merge.hpp"
#include "variable.hpp"

namespace harbor::compose {

/// The numeric user of each service that has one; names are known only to the image.
std::map<std::string, std::uint32_t> service_users(const Project& project, const Lookup& lookup);

}  // namespace harbor::compose
