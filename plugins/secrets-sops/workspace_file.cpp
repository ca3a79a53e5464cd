#include "workspace_file.hpp"

#include <cerrno>
#include <harbor/error.hpp>
#include <system_error>

namespace harbor::secrets_sops {
namespace fs = std::filesystem;

namespace {

std::string reason_of(int error) {
  if (error == EFBIG) return "it is too large";
  if (error == EISDIR || error == EINVAL) return "it is not a regular file";
  if (error == EXDEV) return "it is a link that leads out of the project";
  return std::generic_category().message(error);
}

[[noreturn]] void fail_to_read(const std::string& shown, int error) {
  throw Error(error == EACCES || error == EXDEV ? HARBOR_E_DENIED : HARBOR_E_IO,
              "secrets.unreadable_file", shown + " cannot be read: " + reason_of(error),
              "it must be a regular file that you may read", {{shown, 0, 0, 0, {}}});
}

}  // namespace

std::vector<std::string> matching_files(const fs::path& workspace, const std::string& pattern) {
  try {
    if (project_file::is_inside(pattern)) return project_file::matching(workspace, pattern);
  } catch (const std::system_error& failure) {
    fail_to_read(pattern, failure.code().value());
  }
  throw Error(HARBOR_E_INPUT, "secrets.bad_path",
              "'" + pattern + "' is not a path inside the project",
              "write a path relative to the project folder, without '..'")
      .at("/file");
}

std::optional<File> read_project_file(const fs::path& workspace, const std::string& name,
                                      std::size_t limit) {
  try {
    return project_file::read_inside(workspace, name, limit);
  } catch (const std::system_error& failure) {
    fail_to_read(name, failure.code().value());
  }
}

std::optional<File> read_file(const fs::path& path, const std::string& shown, std::size_t limit) {
  try {
    return project_file::read(path, limit);
  } catch (const std::system_error& failure) {
    fail_to_read(shown, failure.code().value());
  }
}

}  // namespace harbor::secrets_sops
