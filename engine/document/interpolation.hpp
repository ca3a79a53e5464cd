// `${NAME}` in a string, in the grammar that env files use. Pure; depends only on the standard
// library.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::document {

/// The value of a variable; nothing when it is not set. An empty string is a value.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

enum class Names {
  plain,   ///< letters, digits and `_`
  dotted,  ///< within braces also parts joined by dots: `${steps.ID.OUTPUT}`
};

enum class Words {
  lazy,   ///< a word that is not used must be well-formed, but nothing in it is looked up
  eager,  ///< as in env files: `${SET:-${UNSET:?why}}` is an error although SET is set
};

struct InterpolationOptions {
  Names names = Names::plain;
  Words words = Words::lazy;
  /// When set, only references to names that it accepts are replaced; everything else but `$$`
  /// stays as it is.
  std::function<bool(std::string_view name)> only = {};
  std::size_t max_output = std::size_t{16} << 20;  ///< bytes, of the result and of each word
};

/// How deep words may nest: `${A:-${B:-...}}`.
inline constexpr std::size_t max_interpolation_depth = 32;

/// Offsets and lengths are bytes of the text that was given.
struct InterpolationError {
  enum class Kind { syntax, required, too_deep, too_long };

  Kind kind = Kind::syntax;
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string name = {};  ///< the variable, if one is at fault
  std::string message;    ///< one sentence without a full stop

  friend bool operator==(const InterpolationError&, const InterpolationError&) = default;
};

/// A variable that was read, is not set and has no default: it became an empty string.
struct UnsetVariable {
  std::size_t offset = 0;
  std::size_t length = 0;  ///< of the whole reference, `$` and braces included
  std::string name;

  friend bool operator==(const UnsetVariable&, const UnsetVariable&) = default;
};

struct Interpolation {
  std::string text;  ///< empty when there is an error
  std::vector<UnsetVariable> unset;
  std::optional<InterpolationError> error;
};

/// Replaces `$NAME`, `${NAME}`, `${NAME:-word}`, `${NAME-word}`, `${NAME:?message}`,
/// `${NAME?message}`,
/// `${NAME:+word}` and `${NAME+word}`; `$$` is a dollar sign, as is a `$` before anything but a
/// name or a brace. With a colon an empty value counts as unset. Words and messages are
/// interpolated in turn; values never are. A reference with a word ends on the line
/// where it starts. Takes time linear in the text and in the result.
Interpolation interpolate(std::string_view text, const Lookup& lookup,
                          const InterpolationOptions& options = {});

/// A mention of a variable in a text.
struct Variable {
  std::string name;
  std::size_t offset = 0;
  std::size_t length = 0;
  bool has_default = false;  ///< `-`, `:-`, `+` or `:+`: the text can do without it
  bool required = false;     ///< `?` or `:?`

  friend bool operator==(const Variable&, const Variable&) = default;
};

/// Every variable that `text` mentions, including those within words, in the order of their
/// offsets. Malformed references are skipped: interpolate() reports them.
std::vector<Variable> variables(std::string_view text, Names names = Names::plain);

/// The text that interpolates to `literal`: each `$` doubled.
std::string escape(std::string_view literal);

}  // namespace harbor::document
