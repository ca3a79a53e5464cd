// Which files and lines determine a value: `harbor why compose.services.webui.image`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "merge.hpp"

namespace harbor::compose {

struct Origin {
  Label place;
  std::string value;           ///< what is written there, lists and maps as JSON
  bool is_overridden = false;  ///< a later one replaced it
};

struct Provenance {
  std::string path;           ///< as found
  std::string value;          ///< of the merged document
  std::vector<Origin> chain;  ///< in merge order; the last one wins
};

/// `path` is dotted; a key that contains dots is written as it is. An entry of a list is named by
/// its key (environment.NAME, volumes./data) or its number. Throws compose.no_such_key with
/// suggestions.
Provenance provenance_of(const Project& project, std::string_view path);

/// Where the merged document uses the variable `name`, in document order.
std::vector<Label> uses_of(const Project& project, const std::string& name);

}  // namespace harbor::compose
