// Memory that is wiped when it is released.
#pragma once

#include <string.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace harbor::secret {

/// Wipes memory before releasing it.
template <class T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>&) noexcept {
  }  // as the standard's own: converts between element types

  [[nodiscard]] T* allocate(std::size_t count) { return std::allocator<T>{}.allocate(count); }
  void deallocate(T* memory, std::size_t count) noexcept {
    ::explicit_bzero(static_cast<void*>(memory), count * sizeof(T));
    std::allocator<T>{}.deallocate(memory, count);
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

template <class T>
using WipedVector = std::vector<T, WipingAllocator<T>>;

/// Short strings are stored in the object itself, so keep them in a WipedVector.
using WipedString = std::basic_string<char, std::char_traits<char>, WipingAllocator<char>>;

}  // namespace harbor::secret
