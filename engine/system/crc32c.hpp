// CRC-32C, to detect text that a disk or a crash has damaged.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace harbor::system {

/// CRC-32C (Castagnoli), as iSCSI and ext4 use it: crc32c("123456789") is 0xe3069283.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes) noexcept;

/// The same as eight lower-case hexadecimal digits.
[[nodiscard]] std::string crc32c_hex(std::string_view bytes);

}  // namespace harbor::system
