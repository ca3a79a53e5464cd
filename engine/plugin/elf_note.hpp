// What a file says about itself before any of its code runs: is it a shared library for this
// machine, is it a Harbor plugin, for which ABI, and would it weaken the process that loads it?
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "plugin/fault.hpp"

namespace harbor::plugin {

/// The ABI that a plugin was compiled against, from its note.
struct ElfNote {
  unsigned abi_major = 0;
  unsigned abi_minor = 0;
};

/// Reads up to `size` bytes at `offset` into `buffer`; fewer only at the end of the file or when
/// reading fails.
using ReadAt = std::function<std::size_t(std::uint64_t offset, void* buffer, std::size_t size)>;

/// Throws Refused H0303 (no plugin, or one that weakens the process), H0304 (other machine) or
/// H0305 (other ABI). Gives an answer for any bytes, reads none beyond `size`, and does bounded
/// work.
[[nodiscard]] ElfNote inspect_elf(const ReadAt& read, std::uint64_t size);
[[nodiscard]] ElfNote inspect_elf(std::string_view bytes);
/// A regular file, open for reading; its position is not moved.
[[nodiscard]] ElfNote inspect_elf(int fd);

}  // namespace harbor::plugin
