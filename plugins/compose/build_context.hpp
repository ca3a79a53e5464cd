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

/// A digest over names, modes and contents of the files that a build takes out of `folder`:
/// `wanted`, as copied_files() says, without what `dockerfile`'s own ignore file or `.dockerignore`
/// leaves out. Of a file of more than 1 MiB its size and time of change count; left out are `.git`,
/// and Harbor's `var` in `workspace`, which every run changes. What cannot be read counts as empty.
std::string context_digest(const std::filesystem::path& folder, const std::string& dockerfile,
                           const std::vector<std::string>& wanted,
                           const std::filesystem::path& workspace, const Sum& sum);

}  // namespace harbor::compose
