#include "store/project_key.hpp"

#include <mutex>
#include <random>

#include "system/file.hpp"
#include "system/sha256.hpp"

namespace harbor::store {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t key_limit = 4096;

fs::path key_path(const fs::path& var) { return var / "state" / "key"; }

/// 256 bits of the kernel's, which is what std::random_device reads here.
std::string random_key() {
  std::random_device device;
  std::string bits;
  for (int i = 0; i < 8; ++i) bits += std::to_string(device()) + ' ';
  return system::sha256(bits);
}

// A plan makes no file, and yet its steps have to agree about the digests.
const std::string& key_of_process() {
  static const std::string key = random_key();
  return key;
}

}  // namespace

std::string project_key(const fs::path& var) {
  const auto text = system::read_file(key_path(var), key_limit);
  return text && !text->empty() ? *text : key_of_process();
}

std::string make_project_key(const fs::path& var) {
  // Steps that run at the same time would else make two, and one of them would be lost.
  static std::mutex mutex;
  const std::scoped_lock guard{mutex};
  if (auto text = system::read_file(key_path(var), key_limit); text && !text->empty()) return *text;
  system::write_file(key_path(var), key_of_process());
  return key_of_process();
}

}  // namespace harbor::store
