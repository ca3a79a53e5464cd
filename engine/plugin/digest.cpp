#include "plugin/digest.hpp"

// The plain functions. EVP brings its providers along, four megabytes that every start would pay
// for.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "plugin/fault.hpp"
#include "report/code_plugin.hpp"

namespace harbor::plugin {

std::string sha256_of(int fd) {
  SHA256_CTX context;
  SHA256_Init(&context);
  std::vector<unsigned char> block(64 * 1024);
  for (off_t offset = 0;;) {
    const ssize_t count = pread(fd, block.data(), block.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      refuse(report::code::not_a_plugin, std::string("cannot be read: ") + std::strerror(errno),
             "get another copy of it");
    if (count == 0) break;
    SHA256_Update(&context, block.data(), static_cast<std::size_t>(count));
    offset += count;
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256_Final(digest.data(), &context);
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

}  // namespace harbor::plugin
