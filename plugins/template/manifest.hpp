// What a step wrote last time: the folders that it owns, and which files hold secrets.
#pragma once

#include <harbor/action.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace harbor::templating {

/// Paths are relative to the run folder.
struct Manifest {
  bool is_known = false;                       ///< there was one
  std::map<std::string, std::string> folders;  ///< by folder, the service that it is for, or ""
  std::set<std::string> secrets;               ///< files

  friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// Where this step keeps its manifest, beneath the run folder.
std::string manifest_path(const Context& context);

/// The manifest at `path`; an empty one when there is none, or it cannot be read.
Manifest read_manifest(const Context& context, const std::string& path);

/// Writes this step's.
void write_manifest(Context& context, const Manifest& manifest);

/// Whether `path` is `folder` or lies in it.
bool is_within(const std::string& path, const std::string& folder);

}  // namespace harbor::templating
