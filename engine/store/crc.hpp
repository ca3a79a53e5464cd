// The checksum of what the store writes, and the seal that it makes of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace harbor::store {

/// CRC-32C (Castagnoli), as iSCSI and ext4 use it: crc32c("123456789") is 0xe3069283.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes) noexcept;

/// The text of a JSON object that has members, with the checksum of all before it as its last one:
/// {...,"crc":"0123abcd"}.
[[nodiscard]] std::string sealed(std::string_view object);

/// What was sealed; nothing when that text is not as sealed() left it.
[[nodiscard]] std::optional<std::string> unsealed(std::string_view text);

}  // namespace harbor::store
