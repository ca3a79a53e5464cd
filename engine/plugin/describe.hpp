// Reading the tables that a plugin's entry point returns.
#pragma once

#include <harbor/plugin.h>

#include "plugin/fault.hpp"
#include "plugin/pack.hpp"

namespace harbor::plugin {

/// The description of a pack, with everything copied and checked; file, identity, place and digest
/// are left to the caller. Follows the pack's pointers: wild ones crash. Throws Refused: H0305
/// other ABI, H0311 invalid.
[[nodiscard]] Pack describe(const harbor_plugin& table);

/// The entry for `name`, converted to this version of the struct: fields that the pack does not
/// know are zero. Nothing when the pack has no such action.
[[nodiscard]] std::optional<harbor_action> find_action(const harbor_plugin& table,
                                                       std::string_view name);

}  // namespace harbor::plugin
