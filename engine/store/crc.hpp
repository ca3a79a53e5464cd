// The checksum of a journal's lines.
#pragma once

#include <cstdint>
#include <string_view>

namespace harbor::store {

/// CRC-32C (Castagnoli), as iSCSI and ext4 use it: crc32c("123456789") is 0xe3069283.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes) noexcept;

}  // namespace harbor::store
