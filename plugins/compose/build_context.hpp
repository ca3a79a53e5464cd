// The files that an image is built from, as one digest.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::compose {

/// A digest of a text.
using Sum = std::function<std::string(std::string_view text)>;

/// A digest of the names, modes and contents of the files that a build takes from `folder`:
/// `wanted`, as returned by copied_files(), without what the ignore file of `dockerfile` or
/// `.dockerignore` excludes. For a file of more than 1 MiB, its size and modification time count.
/// `.git` is left out, and so is Harbor's `var` in `workspace`, which every run changes. A file
/// that cannot be read counts as empty.
std::string context_digest(const std::filesystem::path& folder, const std::string& dockerfile,
                           const std::vector<std::string>& wanted,
                           const std::filesystem::path& workspace, const Sum& sum);

}  // namespace harbor::compose
