// The seal of what the store writes: a checksum that the text carries itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace harbor::store {

/// The text of a JSON object that has members, with the checksum of all before it as its last one:
/// {...,"crc":"0123abcd"}.
[[nodiscard]] std::string sealed(std::string_view object);

/// What was sealed; nothing when that text is not as sealed() left it.
[[nodiscard]] std::optional<std::string> unsealed(std::string_view text);

}  // namespace harbor::store
