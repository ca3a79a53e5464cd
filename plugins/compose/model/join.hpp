// Joining one document onto another: Compose's merge, rule by rule.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "node.hpp"
#include "rule.hpp"

namespace harbor::compose {

/// One merge. Only values of `base` that carry this merge's number are changed.
class Joiner {
 public:
  /// `writes_out`: the base is the result of earlier files, whose short forms Compose has already
  /// expanded; without it, both sides are in one file (`extends`).
  Joiner(Store& store, std::uint32_t owner, bool writes_out)
      : store_(store), owner_(owner), writes_out_(writes_out) {}

  /// Joins two documents (or, at `services.NAME`, two services). Throws compose.merge_conflict with
  /// both places.
  Node* join(Node* base, Node* over) { return join(base, over, rules(), {}); }
  Node* join_service(Node* base, Node* over, std::string_view name);

  /// Removes the values at these paths from `base`, which must be this merge's own.
  void reset(Node* base, const std::vector<std::vector<std::string_view>>& paths);

 private:
  struct Path {
    const Path* up = nullptr;
    std::string_view key;
  };

  Node* join(Node* base, Node* over, const RuleNode* rule, const Path& path);
  Node* join_maps(Node* base, Node* over, const RuleNode* rule, const Path& path);
  Node* join_named(Node* base, Node* over, const RuleNode* rule, const Path& path);
  Node* join_logging(Node* base, Node* over, const RuleNode* rule, const Path& path);
  Node* join_ipam(Node* base, Node* over, const RuleNode* rule, const Path& path);
  Node* join_lists(Node* base, Node* over, const Rule& rule);
  Node* join_sequences(const Node& base, const Node& over, const Rule& rule);
  Node* list_of(const std::vector<Node*>& items, Place place);
  Node* step_into(Node* value, const RuleNode* rule);
  [[noreturn]] void conflict(const Node* base, const Node* over, const Path& path) const;

  Store& store_;
  std::uint32_t owner_;
  bool writes_out_;
};

}  // namespace harbor::compose
