// The content of the run folder's files that a service mounts, even before they are written.
#pragma once

#include <map>
#include <set>
#include <string>

#include "build_context.hpp"
#include "tree.hpp"

namespace harbor::compose {

/// The files that the steps of this run render, written already or only planned. Paths are relative
/// to the project folder.
struct RenderedFiles {
  std::map<std::string, std::string> digests;  ///< of each file
  std::set<std::string> folders;               ///< that contain only these
};

/// A digest of a file, or a folder with everything in it, of the run folder. With `reads_disk`,
/// files on disk that no step renders count as well. `sum` is for contents.
std::string content_digest(const std::string& path, const RenderedFiles& rendered, const Tree& tree,
                           bool reads_disk, const Sum& sum);

}  // namespace harbor::compose
