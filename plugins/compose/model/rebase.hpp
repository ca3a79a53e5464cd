// Paths of an included or extended file, rewritten to be relative to the project folder.
#pragma once

#include <string>
#include <string_view>

#include "node.hpp"

namespace harbor::compose {

/// `path` seen from `folder`, cleaned; absolute ones, `~`, URLs and those that start with a
/// variable stay.
std::string rebased(std::string_view folder, std::string_view path);

/// Rewrites the paths of a document's services, secrets and configs; `root` must be changeable. A
/// bind mount in short form becomes a long one: without a leading dot it would read as the name of
/// a volume. A mount whose source starts with a variable is left alone, as it may be either.
void rebase_document(Store& store, Node* root, const std::string& folder);

/// The folder part; "." for none.
std::string folder_of(std::string_view path);

}  // namespace harbor::compose
