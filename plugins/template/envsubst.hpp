// `${NAME}` in a file, with Compose's operators: a template without a template language.
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

/// What the program envsubst makes of a text: `$NAME` and `${NAME}` become their values, or empty
/// if there is none; everything else stays, even `$$` and `${NAME:-default}`.
std::string substitute_names(std::string_view text, const Lookup& lookup);

/// The text with its variables replaced. Throws harbor::Error with a label: `template.syntax`,
/// `template.missing_variable`. Only the message of `:?` may hold a value.
std::string substitute(std::string_view text, const Lookup& lookup, const Expander& expand,
                       const SubstituteOptions& options);

}  // namespace harbor::templating
