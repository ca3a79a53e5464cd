#include "document/layer.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "document/member_index.hpp"

namespace harbor::document {
namespace {

/// The keys from the top to the current value.
using Path = std::vector<std::string_view>;

bool matches(std::string_view pattern, const Path& path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto dot = pattern.find('.');
    const auto key = pattern.substr(0, dot);
    const bool is_last = dot == std::string_view::npos;
    if ((key != "*" && key != path[i]) || is_last != (i + 1 == path.size())) return false;
    if (!is_last) pattern.remove_prefix(dot + 1);
  }
  return true;
}

void replace(Value& base, Value over) {
  std::vector<Mark> shadowed = std::move(base.shadowed);
  if (base.mark.source != 0) shadowed.push_back(base.mark);
  shadowed.insert(shadowed.end(), over.shadowed.begin(), over.shadowed.end());
  base = std::move(over);
  base.shadowed = std::move(shadowed);
}

void append(std::vector<Value>& items, std::vector<Value>&& more) {
  items.insert(items.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

void merge(Value& base, Value&& over, GrowingLists growing, Path& path) {
  MemberIndex index(base.members);
  for (Member& member : over.members) {
    Member* const found = index.find(member.key);
    if (found == nullptr) {
      base.members.push_back(std::move(member));
      continue;
    }
    Value& value = found->value;
    const bool is_list = value.kind == Kind::sequence && member.value.kind == Kind::sequence;
    path.push_back(member.key);
    if (value.kind == Kind::mapping && member.value.kind == Kind::mapping) {
      merge(value, std::move(member.value), growing, path);
    } else if (is_list && std::any_of(growing.begin(), growing.end(), [&](const auto& pattern) {
                 return matches(pattern, path);
               })) {
      append(value.items, std::move(member.value.items));
    } else {
      replace(value, std::move(member.value));
    }
    path.pop_back();
  }
}

}  // namespace

void lay_over(Value& base, Value over, GrowingLists growing) {
  if (base.kind == Kind::mapping && over.kind == Kind::mapping) {
    Path path;
    merge(base, std::move(over), growing, path);
  } else if (over.kind != Kind::null) {
    replace(base, std::move(over));
  }
}

}  // namespace harbor::document
