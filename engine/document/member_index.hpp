// Keys -> members. Most mappings are small; for them this is a linear search.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "document/value.hpp"

namespace harbor::document {

/// Finds members by key, in constant time once they are many. The vector may grow meanwhile, but
/// nothing else.
class MemberIndex {
 public:
  explicit MemberIndex(std::vector<Member>& members) : members_(members) {}

  [[nodiscard]] Member* find(std::string_view key) {
    if (members_.size() <= small_size) {
      for (Member& member : members_)
        if (member.key == key) return &member;
      return nullptr;
    }
    for (; indexed_ < members_.size(); ++indexed_)
      by_key_.emplace(members_[indexed_].key, indexed_);
    const auto found = by_key_.find(std::string(key));
    return found == by_key_.end() ? nullptr : &members_[found->second];
  }

 private:
  static constexpr std::size_t small_size = 16;

  std::vector<Member>& members_;
  std::size_t indexed_ = 0;
  std::unordered_map<std::string, std::size_t> by_key_;
};

}  // namespace harbor::document
