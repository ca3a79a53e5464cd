#include "store/scratch_copy.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include "report/code_store.hpp"
#include "report/diagnostic.hpp"
#include "system/beneath.hpp"
#include "system/errno.hpp"
#include "system/file.hpp"

namespace harbor::store {
namespace fs = std::filesystem;

namespace {

// Models and dumps: no stage reads them to render a text, and copying them takes minutes.
constexpr std::uintmax_t largest_file = std::uintmax_t{8} << 20;

[[noreturn]] void fail_to_copy(const std::string& what, const std::string& reason) {
  throw report::Error(
      report::diagnose(report::code::write_failed,
                       "the project cannot be copied to be tried out: " + what + ": " + reason, {},
                       "make room in the folder for temporary files, or name another with TMPDIR"));
}

// var/ would bring the state of the real project along, and with it whatever holds its secrets.
bool is_left_out(const fs::directory_entry& entry, const fs::path& workspace) {
  const auto name = entry.path().filename();
  if (name == ".git" || name == "node_modules") return true;
  if (entry.path() == workspace / "var") return true;
  std::error_code error;
  return entry.is_regular_file(error) && entry.file_size(error) > largest_file;
}

void copy(const fs::path& from, const fs::path& to, const fs::path& workspace) {
  std::error_code error;
  fs::create_directory(to, error);
  for (const auto& entry : fs::directory_iterator(from, error)) {
    if (is_left_out(entry, workspace)) continue;
    const fs::path target = to / entry.path().filename();
    if (entry.is_symlink(error))
      fs::copy_symlink(entry.path(), target, error);
    else if (entry.is_directory(error))
      copy(entry.path(), target, workspace);
    else if (entry.is_regular_file(error) && ::access(entry.path().c_str(), R_OK) == 0)
      fs::copy_file(entry.path(), target, error);
    if (error) fail_to_copy(entry.path().lexically_relative(workspace), error.message());
  }
}

}  // namespace

ScratchCopy::ScratchCopy(const fs::path& workspace, const fs::path& temporary) {
  std::string pattern = (temporary / "harbor-trial-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) fail_to_copy(pattern, system::describe_errno(errno));
  root_ = pattern;
  try {
    copy(workspace, folder(), workspace);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
    throw;
  }
}

ScratchCopy::~ScratchCopy() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

void ScratchCopy::write(const std::string& path, std::string_view text, unsigned mode) const {
  if (!system::is_inner_path(path)) fail_to_copy(path, "the path leads out of the copy");
  // A folder of the project may be a link: what is written through it would reach the real files.
  for (fs::path at = folder(); const auto& part : fs::path(path).parent_path()) {
    at /= part;
    if (fs::is_symlink(at)) fail_to_copy(path, "a folder on the way is a link");
  }
  system::write_file(folder() / path, text, mode);  // renames: a link itself is replaced
}

}  // namespace harbor::store
