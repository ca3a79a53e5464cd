// `${NAME}` in a file, with Compose's operators: a plain template that needs no language.
#pragma once

#include <harbor/expansion.hpp>

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace harbor::templating {

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
