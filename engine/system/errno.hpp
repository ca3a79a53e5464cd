// What an errno value means.
#pragma once

#include <string>
#include <system_error>

namespace harbor::system {

/// "No such file or directory"; safe in threads.
[[nodiscard]] std::string describe_errno(int error);

/// Whether the system has too little of something, now: memory, files, processes, threads.
[[nodiscard]] bool is_lack(const std::error_code& error);

}  // namespace harbor::system
