// A copy of a project, for a stage to be tried out in. It is the user's alone, and gone with the
// object.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "system/file_descriptor.hpp"

namespace harbor::store {

class ScratchCopy {
 public:
  /// Copies `workspace` to a new folder beneath `temporary`, without var/, .git/, node_modules/
  /// and files of more than 8 MiB. Symbolic links stay links. Throws report::Error H0705.
  ScratchCopy(const std::filesystem::path& workspace, const std::filesystem::path& temporary);
  ~ScratchCopy();
  ScratchCopy(const ScratchCopy&) = delete;
  ScratchCopy& operator=(const ScratchCopy&) = delete;

  /// Puts a file into the copy, in place of what is there, a link included. Throws report::Error
  /// H0705, also for a path that leads out.
  void write(const std::string& path, std::string_view text, unsigned mode) const;

  [[nodiscard]] std::filesystem::path folder() const { return root_ / "project"; }
  /// A name beside the copy, not in it.
  [[nodiscard]] std::filesystem::path beside(std::string_view name) const { return root_ / name; }

 private:
  std::filesystem::path root_;
};

}  // namespace harbor::store
