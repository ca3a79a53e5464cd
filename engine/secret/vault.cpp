#include "secret/vault.hpp"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <shared_mutex>
#include <system_error>
#include <utility>
#include <vector>

namespace harbor::secret {
namespace {

/// Whole pages, kept out of core dumps and, if the limit allows, out of swap; wiped before they are
/// released.
class Pages {
 public:
  explicit Pages(std::size_t size) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    size_ = (size + page - 1) / page * page;
    void* memory =
        ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    memory_ = static_cast<char*>(memory);
    ::madvise(memory, size_, MADV_DONTDUMP);
    // An ordinary user may lock little memory or none; then working without a lock is better than
    // not working.
    is_locked_ = ::mlock(memory, size_) == 0;
  }
  ~Pages() {
    if (!memory_) return;
    ::explicit_bzero(memory_, size_);
    ::munmap(memory_, size_);
  }
  Pages(Pages&& other) noexcept
      : memory_(std::exchange(other.memory_, nullptr)),
        size_(other.size_),
        used_(other.used_),
        is_locked_(other.is_locked_) {}
  Pages& operator=(Pages&&) = delete;

  [[nodiscard]] bool is_locked() const { return is_locked_; }
  [[nodiscard]] bool has_room(std::size_t size) const { return size_ - used_ >= size; }
  std::string_view store(std::string_view bytes) {
    char* place = memory_ + used_;
    if (!bytes.empty()) std::memcpy(place, bytes.data(), bytes.size());
    used_ += bytes.size();
    return {place, bytes.size()};
  }

 private:
  char* memory_ = nullptr;
  std::size_t size_ = 0;
  std::size_t used_ = 0;
  bool is_locked_ = false;
};

// Random and not counted: a pack cannot guess the reference of a secret that it was not given.
std::string make_reference() {
  std::array<std::uint8_t, 16> bytes{};
  while (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  constexpr std::string_view hex = "0123456789abcdef";
  std::string reference = "s:";
  for (const std::uint8_t byte : bytes) {
    reference += hex[byte >> 4U];
    reference += hex[byte & 15U];
  }
  return reference;
}

struct Entry {
  std::string name;
  std::string_view value;  // in pages that stay where they are as long as the vault
};

}  // namespace

struct Vault::State {
  static constexpr std::size_t block = 64 * 1024;

  mutable std::shared_mutex mutex;
  std::vector<Pages> pages;
  std::map<std::string, Entry, std::less<>> entries;                     // by reference
  std::map<std::string, std::vector<std::string>, std::less<>> by_name;  // references
  Masker masker;

  std::string_view store(std::string_view value) {
    if (pages.empty() || !pages.back().has_room(value.size()))
      pages.emplace_back(std::max(block, value.size()));
    return pages.back().store(value);
  }
};

Vault::Vault() : state_(std::make_unique<State>()) {}

Vault::~Vault() = default;

std::string Vault::put(std::string_view name, std::string_view value) {
  const std::lock_guard lock(state_->mutex);
  std::vector<std::string>& same_name = state_->by_name[std::string(name)];
  for (const std::string& reference : same_name) {
    if (state_->entries.at(reference).value == value) return reference;
  }
  // First of all: the holder of the reference may print the value, so it must be masked already.
  state_->masker.add(value);
  std::string reference = make_reference();
  state_->entries.emplace(reference, Entry{std::string(name), state_->store(value)});
  same_name.push_back(reference);
  return reference;
}

bool Vault::with(std::string_view reference,
                 const std::function<void(std::string_view value)>& use) const {
  std::string_view value;
  {
    const std::shared_lock lock(state_->mutex);
    const auto found = state_->entries.find(reference);
    if (found == state_->entries.end()) return false;
    value = found->second.value;
  }
  // Unlocked, so that `use` may put another secret; values stay in place as long as the vault
  // lives.
  use(value);
  return true;
}

std::optional<std::string> Vault::name_of(std::string_view reference) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->entries.find(reference);
  if (found == state_->entries.end()) return std::nullopt;
  return found->second.name;
}

std::vector<std::string> Vault::names_in(std::string_view text) const {
  const std::shared_lock lock(state_->mutex);
  std::vector<std::string> names;
  for (const auto& [name, references] : state_->by_name) {
    Masker one;
    for (const std::string& reference : references) one.add(state_->entries.at(reference).value);
    if (!one.find(text).empty()) names.push_back(name);
  }
  return names;
}

std::size_t Vault::size() const {
  const std::shared_lock lock(state_->mutex);
  return state_->entries.size();
}

bool Vault::is_locked() const noexcept {
  const std::shared_lock lock(state_->mutex);
  return std::all_of(state_->pages.begin(), state_->pages.end(),
                     [](const Pages& pages) { return pages.is_locked(); });
}

const Masker& Vault::masker() const noexcept { return state_->masker; }

void forbid_core_dumps() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace harbor::secret
