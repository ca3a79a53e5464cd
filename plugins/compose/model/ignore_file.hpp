// `.dockerignore`: which files of a build context are left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace harbor::compose {

struct IgnoreRule {
  std::vector<std::string> parts;  ///< of the pattern, between slashes; "**" is any number of parts
  bool is_exception = false;       ///< `!`: includes files again
};

/// Reads the lines of the file: one pattern each, `#` in front makes a comment.
std::vector<IgnoreRule> parse_ignore_file(std::string_view text);

/// Whether the last rule that matches `path`, or a folder above it, leaves it out. `path` is
/// relative to the context.
bool is_ignored(const std::vector<IgnoreRule>& rules, std::string_view path);

/// Whether a rule may bring back something beneath an ignored folder.
bool has_exceptions(const std::vector<IgnoreRule>& rules);

}  // namespace harbor::compose
