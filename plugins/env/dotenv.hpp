// Env files: read exactly as `docker compose` reads them, and written so that both read back what
// was meant.
#pragma once

#include <cstddef>
#include <functional>
#include <harbor/error.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harbor::env {

/// The value of a variable; nothing when it is not set. An empty string is a value.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

/// What an expander makes of a text with `${NAME}` in it. Offsets and lengths are bytes of that
/// text.
struct Expansion {
  struct Unset {
    std::size_t offset = 0;
    std::size_t length = 0;
    std::string name;
  };
  struct Fault {
    std::size_t offset = 0;
    std::size_t length = 0;
    bool is_required = false;  ///< `:?` or `?`, not a mistake of syntax
    std::string name;
    std::string message;
  };

  std::string text;
  std::vector<Unset> unset;  ///< variables that became empty
  std::optional<Fault> fault;
};

/// Expands `${NAME}` in Compose's grammar, errors in unused words included. The caller provides it.
using Expander = std::function<Expansion(std::string_view text, const Lookup& lookup)>;

/// Something that Compose passes over in silence.
struct Warning {
  std::string code;
  std::string message;  ///< one sentence without a full stop
  std::string hint;
  Label label;

  friend bool operator==(const Warning&, const Warning&) = default;
};

struct Assignment {
  std::string key;
  std::string value;
  unsigned line = 0;              ///< of the key, from 1
  unsigned column = 0;            ///< in bytes, from 1
  bool is_inherited = false;      ///< a line with a name alone: the value is the environment's
  std::vector<std::string> uses;  ///< names that were looked up for the value

  friend bool operator==(const Assignment&, const Assignment&) = default;
};

struct Dotenv {
  std::vector<Assignment>
      assignments;                ///< in the order of the file; of two with one key the last counts
  std::vector<Warning> warnings;  ///< in the order of the file
};

struct DotenvContext {
  std::string file;        ///< name for labels
  Expander expand;         ///< never empty
  bool is_secret = false;  ///< then no message quotes the text of the file
  Lookup environment =
      {};               ///< wins over the file where a value refers to a variable, as in Compose
  Lookup earlier = {};  ///< files that came before; the file's own lines win over these
};

/// Reads an env file. Throws harbor::Error with a label: `env.bad_name`, `env.unterminated_quote`,
/// `env.bad_reference`, `env.required`, `env.nul_byte`, `env.too_large`.
/// Warnings: `env.unset_reference`, `env.text_after_quote`, `env.no_name`, `env.not_inherited`.
Dotenv parse_dotenv(std::string_view text, const DotenvContext& context);

/// The values of one parse may take this many bytes together.
inline constexpr std::size_t max_dotenv_output = std::size_t{16} << 20;

using Variables = std::vector<std::pair<std::string, std::string>>;

/// An env file that Compose and parse_dotenv() read as exactly `variables`. Values are in single
/// quotes, which a shell reads alike, unless they cannot be. Throws `env.bad_name` for a key that
/// is not letters, digits, `_`, `.` or `-`, `env.nul_byte` for a value with a NUL; neither message
/// holds a value.
std::string write_dotenv(const Variables& variables);

}  // namespace harbor::env
