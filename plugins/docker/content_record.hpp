// What the containers of services with `x-harbor-on-change` have read of the files that they mount.
// A label cannot say it: Compose would replace the container for it.
#pragma once

#include <harbor/action.hpp>

#include <map>
#include <string>
#include <vector>

#include "decision.hpp"

namespace harbor::docker {

/// By container; of those that it does not know, nothing is known. A record that is damaged is
/// none: the service is then told once more.
std::map<std::string, Digests> read_content_record(const Context& context);

/// Tells the containers of the services that asked for it by signal or restart. Throws the failure
/// that docker tells of. Whether there was one to tell.
bool tell_of_content(Context& context, const std::vector<Decision>& decisions);

/// Records that `containers` have read what there is now.
void write_content_record(Context& context, const std::vector<Wanted>& services,
                          const std::vector<Container>& containers);

}  // namespace harbor::docker
