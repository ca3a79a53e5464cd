#include "workflow/project.hpp"

#include "report/code_workflow.hpp"

namespace harbor::workflow {
namespace fs = std::filesystem;
namespace {

/// Whether something is there, even if it cannot be read: the code that reads it reports that. A
/// path in a closed folder counts as there, one below a closed folder higher up does not.
bool is_there(const fs::path& path) {
  std::error_code failed;
  const auto status = fs::status(path, failed);
  if (fs::status_known(status)) return fs::exists(status);
  if (failed == std::errc::permission_denied)
    return fs::exists(fs::symlink_status(path.parent_path(), failed));
  return true;
}

/// Symbolic links in the project's own path are resolved once, so that later comparisons of paths
/// hold.
fs::path resolved(const fs::path& path) {
  std::error_code failed;
  auto canonical = fs::canonical(path, failed);
  return failed ? path.lexically_normal() : canonical;
}

}  // namespace

std::string Project::shown(const fs::path& path) const {
  auto relative = path.lexically_relative(folder);
  if (relative.empty() || *relative.begin() == "..") return path.string();
  return relative.string();
}

std::optional<Project> try_project(const fs::path& from, const std::optional<std::string>& folder,
                                   const std::optional<std::string>& file) {
  const auto start = resolved(folder ? from / *folder : from);
  if (file) {
    const auto descriptor = resolved(from / *file);
    if (!is_there(descriptor)) return std::nullopt;
    return Project{start, descriptor};
  }
  for (auto at = start;; at = at.parent_path()) {
    if (is_there(at / "etc" / "harbor.yaml")) return Project{at, at / "etc" / "harbor.yaml"};
    if (folder || at == at.parent_path()) return std::nullopt;
  }
}

report::Diagnostic missing_project(const fs::path& from, const std::optional<std::string>& folder,
                                   const std::optional<std::string>& file) {
  if (file)
    return report::diagnose(report::code::no_descriptor, "no descriptor at " + *file, {},
                            "-f takes the path of a descriptor, seen from the current folder");
  const auto where = resolved(folder ? from / *folder : from).string();
  return report::diagnose(report::code::no_descriptor,
                          folder ? "no etc/harbor.yaml in " + where
                                 : "no etc/harbor.yaml in " + where + " nor in a folder above it",
                          {}, "`harbor init` writes a first one; -C DIR names a project elsewhere");
}

Project find_project(const fs::path& from, const std::optional<std::string>& folder,
                     const std::optional<std::string>& file) {
  if (auto found = try_project(from, folder, file)) return *found;
  throw report::Error(missing_project(from, folder, file));
}

}  // namespace harbor::workflow
