// What a scalar means: YAML's core types as Compose's own reader (go-yaml) resolves them, and their
// text in Go.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace harbor::compose {

struct Node;

enum class Type : std::uint8_t { null, boolean, integer, floating, string };

/// The type of a plain scalar of this text: `0755`, `0o17`, `0x1F`, `1_000` are integers, `1e3` and
/// `08` floating, `yes`, `on` and `1:30` strings.
Type type_of_plain(std::string_view text);

/// The type of a scalar node; a list or map counts as a string.
Type type_of(const Node& node);

/// As Go's %v prints the value: what Compose writes into `KEY=value` when a map becomes a list.
/// 0755 -> 493, 1.10 -> 1.1, TRUE -> true. A string is itself; null is the empty string.
std::string value_text(const Node& node);

/// Whether a plain scalar of this text reads back as this very string, in block style, as a key or
/// a value.
bool is_plain_string(std::string_view text);

}  // namespace harbor::compose
