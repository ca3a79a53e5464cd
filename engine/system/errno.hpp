// What an errno value means.
#pragma once

#include <string>

namespace harbor::system {

/// "No such file or directory"; safe in threads.
[[nodiscard]] std::string describe_errno(int error);

}  // namespace harbor::system
