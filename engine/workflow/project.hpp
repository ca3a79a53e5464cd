// The project folder and the files that the kernel knows in it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "report/diagnostic.hpp"

namespace harbor::workflow {

/// Folders of a project. Paths are absolute.
struct Project {
  std::filesystem::path folder;
  std::filesystem::path descriptor;  ///< etc/harbor.yaml, or the file that was named

  [[nodiscard]] std::filesystem::path var() const { return folder / "var"; }
  [[nodiscard]] std::filesystem::path run() const { return folder / "var" / "run"; }
  [[nodiscard]] std::filesystem::path lock_file() const { return folder / "harbor.lock"; }

  /// `path` as it is shown: relative to the project if it is inside.
  [[nodiscard]] std::string shown(const std::filesystem::path& path) const;
};

/// `folder` (-C) names the project; else it is the nearest parent of `from` with etc/harbor.yaml.
/// `file` (-f) names another descriptor for the project in the current folder, or in `folder`.
/// Throws report::Error H0201.
[[nodiscard]] Project find_project(const std::filesystem::path& from,
                                   const std::optional<std::string>& folder,
                                   const std::optional<std::string>& file);

/// The same without an error: nothing when there is no project, for commands that work without one.
/// Other commands report missing_project() with the same three arguments: H0201.
[[nodiscard]] std::optional<Project> try_project(const std::filesystem::path& from,
                                                 const std::optional<std::string>& folder,
                                                 const std::optional<std::string>& file);
[[nodiscard]] report::Diagnostic missing_project(const std::filesystem::path& from,
                                                 const std::optional<std::string>& folder,
                                                 const std::optional<std::string>& file);

}  // namespace harbor::workflow
