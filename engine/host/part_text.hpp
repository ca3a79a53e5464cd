// Builds text from the parts that a pack hands over, with secrets put in.
#pragma once

#include <harbor/plugin.h>

#include <cstddef>
#include <optional>
#include <string>

#include "secret/vault.hpp"

namespace harbor::host {

/// Joins the parts onto `text`, which then may hold secrets: wipe it after use. False for a
/// reference that the vault does not know.
[[nodiscard]] bool append_parts(const harbor_part* parts, std::size_t count,
                                const secret::Vault& vault, std::string& text);

}  // namespace harbor::host
