// `${NAME}` in a file, with Compose's operators: a plain template that needs no language.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::templating {

/// What an expander makes of a text. Offsets and lengths are bytes of that text.
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

using Lookup = std::function<std::optional<std::string>(std::string_view name)>;
using Only = std::function<bool(std::string_view name)>;

/// Expands `${NAME}` in Compose's grammar; where `only` is not empty, names that it refuses stay as
/// they are. The caller provides it.
using Expander =
    std::function<Expansion(std::string_view text, const Lookup& lookup, const Only& only)>;

struct SubstituteOptions {
  std::string file = {};  ///< name for labels
  bool is_strict = true;  ///< an unset variable without a default is an error
  std::optional<std::set<std::string, std::less<>>> only = {};  ///< replace these alone
};

/// What the program envsubst makes of a text: `$NAME` and `${NAME}` become their values, or nothing
/// where there is none; all else stays as it is, `$$` and `${NAME:-default}` too.
std::string substitute_names(std::string_view text, const Lookup& lookup);

/// The text with its variables replaced. Throws harbor::Error with a label: `template.syntax`,
/// `template.missing_variable`. No message holds a value, but that of `:?`.
std::string substitute(std::string_view text, const Lookup& lookup, const Expander& expand,
                       const SubstituteOptions& options);

}  // namespace harbor::templating
