// Compose files as read: YAML events turned into nodes, anchors and `<<` resolved, `!reset` and
// `!override` noted.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "node.hpp"

namespace harbor::compose {

constexpr std::size_t max_file_size = std::size_t{1} << 20U;
constexpr std::size_t max_depth = 64;
constexpr std::size_t max_nodes = 100'000;  ///< of a file, each alias counted with its expansion

/// One YAML document. The root is a map.
struct Document {
  Node* root = nullptr;
  /// Paths that are removed from earlier documents before this one is joined: each `!reset` (whose
  /// node is not in `root`) and each `!override` (whose node is, without the tag).
  std::vector<std::vector<std::string_view>> resets;
};

/// Reads all documents of sources[file]. An empty file has none. Throws HARBOR_E_INPUT with the
/// place: compose.yaml_syntax, compose.duplicate_key (both places), compose.key_not_string,
/// compose.not_a_mapping, compose.unknown_alias, compose.alias_cycle, compose.bad_merge_key,
/// compose.too_large, compose.too_deep, compose.too_many_nodes.
std::vector<Document> parse(Store& store, std::uint32_t file);

}  // namespace harbor::compose
