// What stands in the files of the run folder that a service mounts, also before they are written.
#pragma once

#include <map>
#include <set>
#include <string>

#include "build_context.hpp"
#include "tree.hpp"

namespace harbor::compose {

/// What the steps of this run render, written already or only planned. Paths are those from the
/// project folder.
struct RenderedFiles {
  std::map<std::string, std::string> digests;  ///< of each file
  std::set<std::string> folders;               ///< that hold these and nothing else
};

/// A digest over a file or folder of the run folder and all that is in it. What stands on the disk
/// counts where no step renders, if `reads_disk`. `sum` is for contents.
std::string content_digest(const std::string& path, const RenderedFiles& rendered, const Tree& tree,
                           bool reads_disk, const Sum& sum);

}  // namespace harbor::compose
