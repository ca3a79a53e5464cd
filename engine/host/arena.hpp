// Memory that lives as long as one operation.
#pragma once

#include <cstddef>
#include <deque>
#include <memory_resource>
#include <mutex>
#include <string>
#include <string_view>

namespace harbor::host {

/// Thread-safe, since packs may ask for memory from several threads.
class Arena {
 public:
  [[nodiscard]] void* allocate(std::size_t size, std::size_t align) {
    const std::lock_guard guard(mutex_);
    return memory_.allocate(size, align);
  }

  /// A copy of `text` that stays where it is.
  [[nodiscard]] std::string_view keep(std::string text) {
    const std::lock_guard guard(mutex_);
    return texts_.emplace_back(std::move(text));
  }

 private:
  std::mutex mutex_;
  std::pmr::monotonic_buffer_resource memory_;
  std::deque<std::string> texts_;
};

}  // namespace harbor::host
