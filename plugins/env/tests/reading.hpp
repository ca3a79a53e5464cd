// The engine's interpolation as the expander that the host provides.
#pragma once

#include <map>

#include "document/interpolation.hpp"
#include "dotenv.hpp"

namespace harbor::env::test {

inline Expansion expand(std::string_view text, const Lookup& lookup) {
  const document::Interpolation result =
      document::interpolate(text, lookup, {.words = document::Words::eager});
  Expansion expansion;
  expansion.text = result.text;
  for (const auto& unset : result.unset)
    expansion.unset.push_back({unset.offset, unset.length, unset.name});
  if (const auto& error = result.error) {
    const bool is_required = error->kind == document::InterpolationError::Kind::required;
    expansion.fault = {error->offset, error->length, is_required, error->name, error->message};
  }
  return expansion;
}

using Map = std::map<std::string, std::string, std::less<>>;

inline Lookup lookup_in(const Map& map) {
  return [&map](std::string_view name) -> std::optional<std::string> {
    const auto found = map.find(name);
    return found == map.end() ? std::nullopt : std::optional(found->second);
  };
}

/// The variables of a file; throws as parse_dotenv().
inline Map read(std::string_view text, const Map& host = {}) {
  Map map;
  const Dotenv file =
      parse_dotenv(text, {.file = "e.env", .expand = expand, .environment = lookup_in(host)});
  for (const Assignment& assignment : file.assignments) map[assignment.key] = assignment.value;
  return map;
}

}  // namespace harbor::env::test
