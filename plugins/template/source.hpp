// Which files of the project are templates, and where what they render to belongs.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::templating {

/// A file that a pattern matches.
struct Match {
  std::string file;  ///< from the project folder
  std::string name;  ///< from the part of the pattern that has no wildcards
};

/// The files that `pattern` matches, sorted by bytes. `*`, `?` and `[...]` match part of a name,
/// `**` any number of folders or, at the end, all files beneath; none of them matches a leading
/// dot.
/// `**` follows no link to a folder. Throws template.outside for a pattern that is absolute or has
/// "..".
std::vector<Match> matches_of(const std::filesystem::path& workspace, const std::string& pattern);

/// A template's text. Throws template.outside when links lead out of the project,
/// template.unreadable, template.too_large.
std::string read_template(const std::filesystem::path& workspace, const std::string& file);

/// `to` as a folder beneath the run folder, which is `run` ("var/run") from the project folder.
/// Throws template.outside.
std::string target_folder(const std::string& to, std::string_view run);

/// `name` without an ending that marks templates.
std::string target_name(std::string name);

/// `text` with every "${service}" replaced.
std::string for_service(std::string text, std::string_view service);

/// Throws template.outside for a name that could be anything but a single part of a path.
void check_service(std::string_view service);

}  // namespace harbor::templating
