// What a Handlebars template is once it is parsed. Plain data; text refers to the template's own
// bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace harbor::templating {

/// Keeps the order of an object's keys: `each` visits them in it.
using Json = nlohmann::ordered_json;

struct Span {
  std::size_t offset = 0;
  std::size_t length = 0;
};

/// `a.b/[c d]`, `../a`, `@index`, `this`.
struct Path {
  bool is_data = false;  ///< starts with `@`
  std::size_t depth = 0;
  std::vector<std::string> parts;
  std::string original;
  bool is_scoped = false;  ///< `this.x`, `./x`: never the name of a helper
  Span span;
};

/// Nothing is `undefined`.
struct Literal {
  std::optional<Json> value;
};

struct Call;
using Expression = std::variant<Path, Literal, std::unique_ptr<Call>>;

enum class Helper { none, if_, unless, each, with, upper, lower, default_, join, eq, json };

/// A name with what follows it. Without parameters and of no helper it is the value at `path`.
struct Call {
  Helper helper = Helper::none;
  Path path;
  std::vector<Expression> params;
  std::vector<std::pair<std::string, Expression>> hash;
  Span span;
};

/// Which sides of a tag have a `~`.
struct Strip {
  bool open = false;
  bool close = false;
};

struct Content {
  std::string_view original;
  std::string_view value;  ///< what white space control left of it
  bool is_left_stripped = false;
  bool is_right_stripped = false;
};

struct Comment {
  Strip strip;
};

struct Mustache {
  Call call;
  bool is_escaped = true;
  Strip strip;
};

struct Block;
using Node = std::variant<Content, Comment, Mustache, std::unique_ptr<Block>>;

struct Program {
  std::vector<Node> body;
  bool is_chained = false;  ///< the body of an `{{else if}}`: one block
};

/// Either side may be missing, not both.
struct Block {
  Call call;
  std::optional<Program> program;
  std::optional<Program> inverse;
  Strip open_strip;
  Strip inverse_strip;
  Strip close_strip;
};

}  // namespace harbor::templating
