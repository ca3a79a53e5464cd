#include "envsubst.hpp"

#include <utility>

#include "place.hpp"

namespace harbor::templating {

std::string substitute(std::string_view text, const Lookup& lookup, const Expander& expand,
                       const SubstituteOptions& options) {
  Only only;
  if (options.only) only = [&](std::string_view name) { return options.only->contains(name); };
  Expansion expansion = expand(text, lookup, only);
  const auto error = [&](std::string code, std::string message, std::string hint,
                         std::size_t offset, std::size_t length) {
    return Error(HARBOR_E_INPUT, std::move(code), std::move(message), std::move(hint),
                 {Places(text, options.file).label(offset, length)});
  };
  if (const auto& fault = expansion.fault) {
    if (fault->is_required)
      throw error("template.missing_variable", fault->message,
                  "set it in an env file or under values.extra", fault->offset, fault->length);
    throw error("template.syntax", fault->message,
                "write $$ for a dollar sign, or list the variables to replace under `only`",
                fault->offset, fault->length);
  }
  if (options.is_strict && !expansion.unset.empty()) {
    const auto& unset = expansion.unset.front();
    throw error(
        "template.missing_variable", "'" + unset.name + "' is not set",
        "set it in an env file or under values.extra, or write ${" + unset.name + ":-default}",
        unset.offset, unset.length);
  }
  return std::move(expansion.text);
}

}  // namespace harbor::templating
