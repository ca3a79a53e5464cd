// Env files, read exactly as `docker compose` reads them.
#pragma once

#include <cstddef>
#include <harbor/error.hpp>
#include <harbor/expansion.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::env {

/// Something that Compose ignores silently.
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
  bool is_inherited = false;      ///< a line with just a name: the value is the environment's
  std::vector<std::string> uses;  ///< names that were looked up for the value

  friend bool operator==(const Assignment&, const Assignment&) = default;
};

struct Dotenv {
  std::vector<Assignment> assignments;  ///< in file order; the last one with a key wins
  std::vector<Warning> warnings;        ///< in the order of the file
};

struct DotenvContext {
  std::string file;         ///< name for labels
  Expander expand;          ///< never empty
  bool is_secret = false;   ///< then no message quotes the file
  Lookup environment = {};  ///< wins over the file in references, as in Compose
  Lookup earlier = {};      ///< files that came before; the file's own lines win over these
};

/// Reads an env file. Throws harbor::Error with a label: `env.bad_name`, `env.unterminated_quote`,
/// `env.bad_reference`, `env.required`, `env.nul_byte`, `env.too_large`.
/// Warnings: `env.unset_reference`, `env.text_after_quote`, `env.no_name`, `env.not_inherited`.
Dotenv parse_dotenv(std::string_view text, const DotenvContext& context);

/// The values of one parse may take this many bytes in total.
inline constexpr std::size_t max_dotenv_output = std::size_t{16} << 20;

}  // namespace harbor::env
