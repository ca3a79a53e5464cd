// Who services run as, as far as compose files say so in numbers.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "merge.hpp"
#include "variable.hpp"

namespace harbor::compose {

/// The numeric user of each service that has one; a name is known to the image alone.
std::map<std::string, std::uint32_t> service_users(const Project& project, const Lookup& lookup);

}  // namespace harbor::compose
