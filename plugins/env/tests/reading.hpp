// Env files read with the engine's interpolation.
#pragma once

#include <map>

#include "dotenv.hpp"
#include "expander.hpp"

namespace harbor::test {

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
  const env::Dotenv file =
      env::parse_dotenv(text, {.file = "e.env", .expand = expand, .environment = lookup_in(host)});
  for (const env::Assignment& assignment : file.assignments) map[assignment.key] = assignment.value;
  return map;
}

}  // namespace harbor::test
