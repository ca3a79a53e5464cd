// Any bytes give a note or a refusal; nothing beyond their end is asked for.
#include "plugin/elf_note.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>

using namespace harbor::plugin;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ReadAt read = [&](std::uint64_t offset, void* buffer, std::size_t count) {
    require(count <= size && offset <= size - count);
    if (count != 0) std::memcpy(buffer, data + offset, count);
    return count;
  };
  try {
    (void)inspect_elf(read, size);
  } catch (const Refused& refused) {
    const Fault& fault = refused.fault();
    require(fault.code == "H0303" || fault.code == "H0304" || fault.code == "H0305");
    require(!fault.found.empty() && !fault.hint.empty());
    for (const char c : fault.found) require(c >= ' ' && c <= '~');
  }
  return 0;
}
