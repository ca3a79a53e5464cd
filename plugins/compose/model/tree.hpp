// The one seam to the outside: listing folders and reading files of a project. Tests pass in a map.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::compose {

enum class FileKind { regular, directory, other };

/// One name in a folder, without the folder.
struct Listed {
  std::string name;
  FileKind kind = FileKind::regular;
};

/// A project folder. Paths are relative to it, with `/`; "." is the folder itself.
struct Tree {
  std::function<std::vector<Listed>(const std::string& folder)> list;       ///< absent: empty
  std::function<std::optional<std::string>(const std::string& path)> read;  ///< absent: nothing
  std::function<bool(const std::string& path)> is_file = [](auto&) { return false; };
  std::function<bool(const std::string& path)> is_folder = [](auto&) { return false; };
};

/// The tree below `root` on disk. A symbolic link counts as what it points at. Reading stops at 1
/// MiB + 1 byte. A file or folder that exists but cannot be read throws compose.unreadable.
Tree tree_at(const std::filesystem::path& root);

/// A tree made of file contents by path, for tests.
Tree tree_of(std::map<std::string, std::string> files);

}  // namespace harbor::compose
