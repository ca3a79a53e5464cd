// The SHA-256 of a file.
#pragma once

#include <string>

namespace harbor::plugin {

/// Lower-case hex, of the whole file from its beginning; its position is not moved. Throws Refused
/// H0303 when reading fails.
[[nodiscard]] std::string sha256_of(int fd);

}  // namespace harbor::plugin
