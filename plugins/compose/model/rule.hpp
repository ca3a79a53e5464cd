// Compose's merge rules as a table: how each path of a document is joined. Keys that contain dots
// count as several steps, as in Compose.
#pragma once

#include <cstdint>
#include <string_view>

namespace harbor::compose {

/// How a later value joins an earlier one at this path.
enum class Join : std::uint8_t {
  deep,         ///< maps key by key, lists appended, the later value wins
  replace,      ///< the later value, regardless of kind
  sequence,     ///< both as a list of KEY=VALUE, appended
  extra_hosts,  ///< as sequence, without entries that already exist
  build,        ///< a string is the map {context: ...}
  depends_on,   ///< a list is a map of {condition: service_started, required: true}
  names,        ///< a list is a map of empty values
  logging,      ///< deep if the drivers agree, else the later
  ipam,         ///< by subnet
};

/// What makes two entries of a list the same, so that the later one replaces the earlier.
enum class Index : std::uint8_t {
  none,
  key_value,
  volume,
  device,
  expose,
  secret,
  config,
  port,
  env_file
};

/// A short form that Compose expands before it joins the next file.
enum class Shape : std::uint8_t { none, ports, gpus, ssh, external };

struct Rule {
  Join join = Join::deep;
  Index index = Index::none;
  Shape shape = Shape::none;
};

struct RuleNode;

/// The root of the table.
const RuleNode* rules();
/// One key further; never null.
const RuleNode* step(const RuleNode* at, std::string_view key);
const Rule& rule_of(const RuleNode* at);

}  // namespace harbor::compose
