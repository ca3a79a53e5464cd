// Opens files beneath a folder, and never outside it, even if the path is hostile or links appear
// meanwhile.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "system/file_descriptor.hpp"

namespace harbor::system {

/// Whether `path` is relative and names something beneath where it starts: parts joined by '/',
/// none of them empty, "." or "..", no NUL byte, nothing longer than Linux allows.
[[nodiscard]] bool is_inner_path(std::string_view path) noexcept;

/// How a path is walked.
enum class Walk : std::uint8_t {
  kernel,    ///< by openat2(); step by step if the kernel does not have it
  stepwise,  ///< a folder at a time, following no link
};

/// Opens `path`, an inner path, beneath the folder `root` without following any symbolic link.
/// Close-on-exec. Not open on failure; errno then says why, ELOOP for a link.
[[nodiscard]] FileDescriptor open_beneath(int root, const std::string& path, int flags,
                                          unsigned mode = 0, Walk walk = Walk::kernel) noexcept;

/// The folder `path` beneath `root`, created with mode 0700 if missing; "" is `root` itself.
/// Failures as above.
[[nodiscard]] FileDescriptor make_folders_beneath(int root, std::string_view path);

}  // namespace harbor::system
