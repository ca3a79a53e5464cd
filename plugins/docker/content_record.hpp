// Which contents of their mounted files the containers of services with `x-harbor-on-change` have
// read. A label cannot hold this: Compose would replace the container when it changes.
#pragma once

#include <harbor/action.hpp>

#include <map>
#include <string>
#include <vector>

#include "decision.hpp"

namespace harbor::docker {

/// By container; containers may be missing. A damaged record counts as empty: the services are then
/// notified once more.
std::map<std::string, Digests> read_content_record(const Context& context);

/// Notifies containers of changed content by signal or restart, if their services ask for it.
/// Throws the failure that docker reports. Returns whether any was notified.
bool tell_of_content(Context& context, const std::vector<Decision>& decisions);

/// Records that `containers` have read the current contents.
void write_content_record(Context& context, const std::vector<Wanted>& services,
                          const std::vector<Container>& containers);

}  // namespace harbor::docker
