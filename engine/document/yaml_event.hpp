// The YAML library's events for a text, recorded: cheap, flat, and checked against the limits
// before anything is built from them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "document/position.hpp"

namespace harbor::document {

/// What the text says about the kind of a node.
enum class Tag : std::uint8_t {
  none,    ///< nothing: a plain scalar is what it looks like
  quoted,  ///< a string, by its quotes or by a lone `!`
  null,    ///< the tags of the core schema, from here
  boolean,
  integer,
  number,
  string,
  sequence,
  mapping,
  unknown,
};

struct YamlEvent {
  enum class Type : std::uint8_t { null, scalar, alias, sequence, mapping, end };

  Type type = Type::null;
  Tag tag = Tag::none;
  bool is_flow = false;      ///< of a sequence or mapping
  std::uint32_t target = 0;  ///< of an alias: index of the event that it refers to
  Position at{};             ///< of the node's anchor or tag if it has one, else of its first token
  std::string text{};        ///< of a scalar
};

/// The events of one document. Each sequence and mapping has its `end`, unless an error cut the
/// text short.
using YamlEvents = std::vector<YamlEvent>;

}  // namespace harbor::document
