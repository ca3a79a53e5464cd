#include "document/layer.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "document/member_index.hpp"

namespace harbor::document {
namespace {

constexpr std::array<std::string_view, 5> stages = {"source", "prepare", "deploy", "post_deploy",
                                                    "destroy"};

/// Whether the list under `key` of the top-level `section` (empty: of the top level itself) grows.
bool appends(std::string_view section, std::string_view key) {
  if (section.empty()) return key == "plugins";
  if (section == "hooks") return true;
  return key == "steps" && std::find(stages.begin(), stages.end(), section) != stages.end();
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

/// `level` counts from 0 at the top; below level 1 no list appends.
void merge(Value& base, Value&& over, std::string_view section, int level) {
  MemberIndex index(base.members);
  for (Member& member : over.members) {
    Member* const found = index.find(member.key);
    if (found == nullptr) {
      base.members.push_back(std::move(member));
      continue;
    }
    Value& value = found->value;
    const bool is_list = value.kind == Kind::sequence && member.value.kind == Kind::sequence;
    if (value.kind == Kind::mapping && member.value.kind == Kind::mapping) {
      merge(value, std::move(member.value), found->key, level + 1);
    } else if (is_list && level <= 1 && appends(section, found->key)) {
      append(value.items, std::move(member.value.items));
    } else {
      replace(value, std::move(member.value));
    }
  }
}

}  // namespace

void lay_over(Value& base, Value over) {
  if (base.kind == Kind::mapping && over.kind == Kind::mapping) {
    merge(base, std::move(over), "", 0);
  } else if (over.kind != Kind::null) {
    replace(base, std::move(over));
  }
}

}  // namespace harbor::document
