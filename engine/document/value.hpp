// A value of the descriptor, with the place where it was written.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "report/diagnostic.hpp"

namespace harbor::document {

/// A place in one of a document's sources; 16 bytes, since every value has one. Lines and columns
/// count from 1.
struct Mark {
  std::uint32_t source = 0;  ///< index into Sources; 0 is "nowhere"
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 0;

  friend bool operator==(const Mark&, const Mark&) = default;
};

/// The files (or command-line settings) that a document was made from. Index 0 is nowhere.
struct Source {
  std::string name;   ///< as shown: path relative to the project folder, or "--set deploy.jobs=4"
  std::string layer;  ///< "project", "service", "profile", "site", "command line"
};

using Sources = std::vector<Source>;

/// Makes a mark printable.
[[nodiscard]] report::Span to_span(const Mark& mark, const Sources& sources);

enum class Kind : std::uint8_t { null, boolean, integer, number, string, sequence, mapping };

[[nodiscard]] std::string_view to_string(Kind kind) noexcept;

struct Member;

/// A YAML value by the core schema: plain scalars get a type, quoted ones are strings. Mappings
/// keep their order.
struct Value {
  Kind kind = Kind::null;
  Mark mark;
  std::string text;             ///< scalars: as written, quotes and escapes resolved
  std::vector<Value> items;     ///< sequences
  std::vector<Member> members;  ///< mappings; keys are unique
  std::vector<Mark> shadowed;   ///< places whose value this one replaced, oldest first

  [[nodiscard]] const Value* find(std::string_view key) const noexcept;
  [[nodiscard]] Value* find(std::string_view key) noexcept;
  [[nodiscard]] bool is_scalar() const noexcept {
    return kind != Kind::sequence && kind != Kind::mapping;
  }
};

struct Member {
  std::string key;
  Mark key_mark;
  Value value;
};

/// A scalar, or a sequence or mapping that is still empty.
[[nodiscard]] Value make_value(Kind kind, const Mark& mark, std::string text = {});

/// The value at an RFC 6901 pointer below `root`, or the nearest enclosing one if there is none (a
/// default that was filled in was written nowhere).
[[nodiscard]] const Value& nearest(const Value& root, std::string_view pointer);

/// As nlohmann::json; integers outside 64 bits become numbers.
[[nodiscard]] nlohmann::json to_json(const Value& value);

}  // namespace harbor::document
