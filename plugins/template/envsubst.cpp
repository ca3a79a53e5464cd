#include "envsubst.hpp"

#include <algorithm>
#include <utility>

#include <harbor/place.hpp>

namespace harbor::templating {
namespace {

/// How many bytes at the front of `text` are a name: letters, digits and '_', no digit first.
std::size_t name_length(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  if (text.empty() || !is_letter(text[0])) return 0;
  std::size_t length = 1;
  while (length < text.size() &&
         (is_letter(text[length]) || (text[length] >= '0' && text[length] <= '9')))
    ++length;
  return length;
}

}  // namespace

// Not the expander of env files: these templates were written for the program envsubst, which
// leaves
// `$$`, `$1` and `${NAME:-x}` alone. nginx, shell and PromQL files are full of them.
std::string substitute_names(std::string_view text, const Lookup& lookup) {
  std::string out;
  while (!text.empty()) {
    const auto dollar = std::min(text.find('$'), text.size());
    out += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.empty()) break;
    const std::size_t open = text.starts_with("${") ? 2 : 1;
    const auto length = name_length(text.substr(open));
    const auto end = open + length + (open - 1);
    if (length == 0 || end > text.size() || (open == 2 && text[end - 1] != '}')) {
      out += '$';
      text.remove_prefix(1);
      continue;
    }
    out += lookup(text.substr(open, length)).value_or("");
    text.remove_prefix(end);
  }
  return out;
}

std::string substitute(std::string_view text, const Lookup& lookup, const Expander& expand,
                       const SubstituteOptions& options) {
  Expand request;
  request.text = text;
  request.lookup = lookup;
  if (options.only)
    request.only = [&](std::string_view name) { return options.only->contains(name); };
  Expansion expansion = expand(request);
  const auto error = [&](std::string code, std::string message, std::string hint,
                         std::size_t offset, std::size_t length) {
    return Error(HARBOR_E_INPUT, std::move(code), std::move(message), std::move(hint),
                 {Places(text, options.file).label(offset, length)});
  };
  if (const auto& fault = expansion.fault) {
    if (fault->kind == HARBOR_EXPANSION_REQUIRED)
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
