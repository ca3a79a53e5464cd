#include "plugin/digest.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "plugin/fault.hpp"
#include "report/code_plugin.hpp"
#include "system/sha256.hpp"

namespace harbor::plugin {

std::string sha256_of(int fd) {
  system::Sha256 sum;
  std::vector<char> block(64 * 1024);
  for (off_t offset = 0;;) {
    const ssize_t count = pread(fd, block.data(), block.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      refuse(report::code::not_a_plugin, std::string("cannot be read: ") + std::strerror(errno),
             "get another copy of it");
    if (count == 0) return sum.hex();
    sum.add({block.data(), static_cast<std::size_t>(count)});
    offset += count;
  }
}

}  // namespace harbor::plugin
