// The folder beneath which actions write: var/run. Nothing here follows a symbolic link or leaves
// the folder.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "report/diagnostic.hpp"
#include "system/beneath.hpp"

namespace harbor::store {

/// Where files may be written.
struct RunFolder {
  std::filesystem::path folder;  ///< absolute; made when it is needed
  std::string shown;             ///< what messages call it: "var/run"
  // What the kernel or the file system may lack; for tests.
  system::Walk walk = system::Walk::kernel;
  bool has_links = true;  ///< a file can have a second name
};

/// Beneath the run folder: files that are not in their place yet, and the record of a change.
constexpr std::string_view staging_folder = ".change";

/// The run folder of the project whose state stands in `var`.
[[nodiscard]] RunFolder run_folder_of(const std::filesystem::path& var);

/// Opens it; not open when there is none and `make` is false. Throws report::Error H0604 when it is
/// a symbolic link, H0705 when it cannot be opened or made.
[[nodiscard]] system::FileDescriptor open_run(const RunFolder& run, bool make);

/// Throws H0604 when it is a symbolic link.
void refuse_link(const RunFolder& run);

/// The folder `path` beneath `root`; "" is `root` itself. Not open on failure, errno says why.
[[nodiscard]] system::FileDescriptor open_folder(const RunFolder& run, int root,
                                                 const std::string& path);

/// A path's folder, "" for none, and its last part.
[[nodiscard]] std::pair<std::string, std::string> split_path(const std::string& path);

/// Removes all that is in the run folder, then the folder, and goes on where something cannot be
/// removed. H0705 for each that is left; H0604 when the folder is a link, which stays.
[[nodiscard]] report::Diagnostics remove_run_folder(const RunFolder& run);

// Failures; each throws report::Error. `error` is an errno value.

/// H0604 unless `path` names something beneath the run folder.
void require_inner(const RunFolder& run, const std::string& path);
/// H0705, or H0604 where a link is in the way.
[[noreturn]] void fail_write(const RunFolder& run, const std::string& path, int error);
/// H0706, or H0604 where a link is in the way.
[[noreturn]] void fail_read(const RunFolder& run, const std::string& path, int error);

}  // namespace harbor::store
