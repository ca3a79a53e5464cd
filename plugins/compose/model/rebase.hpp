// Paths of an included or extended file, rewritten to be relative to the project folder.
#pragma once

#include <string>
#include <string_view>

#include "node.hpp"

namespace harbor::compose {

/// `path` seen from `folder`, cleaned; absolute ones, `~`, URLs and those that start with a
/// variable stay.
std::string rebased(std::string_view folder, std::string_view path);

/// A copy of a service with every path of its own rewritten. A bind mount in short form becomes a
/// long one: without a leading dot it would read as the name of a volume.
Node* rebase_service(Store& store, Node* service, const std::string& folder);

/// A copy of a `configs` or `secrets` entry with its `file` rewritten.
Node* rebase_file(Store& store, Node* entry, const std::string& folder);

/// The folder part; "." for none.
std::string folder_of(std::string_view path);

}  // namespace harbor::compose
