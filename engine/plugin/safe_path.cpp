#include "plugin/safe_path.hpp"
#include "report/code_plugin.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace harbor::plugin {
namespace fs = std::filesystem;
namespace {

constexpr unsigned others_write = S_IWGRP | S_IWOTH;

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

std::string octal(unsigned mode) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", mode & 07777);
  return text.data();
}

std::string user_name(uid_t uid) {
  const passwd* entry = getpwuid(uid);
  return entry != nullptr ? entry->pw_name : "user " + std::to_string(uid);
}

std::string allowed_owners() {
  const uid_t own = geteuid();
  return own == 0 ? "root" : "root or " + user_name(own);
}

bool is_owner_safe(const struct stat& status) {
  return status.st_uid == 0 || status.st_uid == geteuid();
}

void check_folder(const fs::path& folder, bool holds_file) {
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0)
    refuse(report::code::plugin_unsafe_owner_or_mode,
           "lies in " + quoted(folder) + ", which cannot be accessed: " + std::strerror(errno),
           "give the folder read and search permission, or move the plugin");
  if (!is_owner_safe(status))
    refuse(report::code::plugin_unsafe_owner_or_mode,
           "lies in a folder that somebody else can change: " + quoted(folder) + " belongs to " +
               user_name(status.st_uid) + ", owner " + allowed_owners() + " expected",
           "move the plugin to a folder of your own");
  // In a sticky folder such as /tmp others can add files but not replace this one. In a plugin
  // folder, adding one is enough.
  const bool is_sticky = (status.st_mode & S_ISVTX) != 0;
  if ((status.st_mode & others_write) != 0 && (holds_file || !is_sticky))
    refuse(report::code::plugin_unsafe_owner_or_mode,
           "lies in a folder that others can change: " + quoted(folder) + " has mode " +
               octal(status.st_mode) + ", no write permission for group and others expected",
           is_sticky ? "move the plugin to a folder of your own"
                     : "run: chmod go-w " + quoted(folder));
}

void check_folders(const fs::path& folder) {
  // All of them: somebody who can rename a folder higher up can put another one in its place.
  fs::path prefix;
  for (const fs::path& name : folder) {
    prefix /= name;
    check_folder(prefix, prefix == folder);
  }
}

bool is_link(const fs::path& file) {
  std::error_code error;
  return fs::is_symlink(fs::symlink_status(file, error));
}

void check_file(const fs::path& file, const struct stat& status) {
  if (!S_ISREG(status.st_mode))
    refuse(report::code::not_a_plugin,
           S_ISDIR(status.st_mode) ? "is a folder, a file expected"
                                   : "is a device, socket or pipe, a file expected",
           "move it out of the plugin folder");
  if (!is_owner_safe(status))
    refuse(
        report::code::plugin_unsafe_owner_or_mode,
        "belongs to " + user_name(status.st_uid) + ", owner " + allowed_owners() + " expected",
        "if you know where it comes from, run: chown " + user_name(geteuid()) + " " + quoted(file));
  if ((status.st_mode & others_write) != 0)
    refuse(report::code::plugin_unsafe_owner_or_mode,
           "can be changed by others: it has mode " + octal(status.st_mode) +
               ", no write permission for group and others expected",
           "if you know that nobody did, run: chmod go-w " + quoted(file));
  if ((status.st_mode & (S_ISUID | S_ISGID)) != 0)
    refuse(report::code::plugin_unsafe_owner_or_mode,
           "has mode " + octal(status.st_mode) + ", no set-user-id or set-group-id bit expected",
           "run: chmod ug-s " + quoted(file));
}

Identity identity_of(const struct stat& status) {
  const auto nanoseconds = [](const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = static_cast<std::uint64_t>(status.st_size),
          .mtime_ns = nanoseconds(status.st_mtim),
          // The modification time can be set back, this one cannot.
          .ctime_ns = nanoseconds(status.st_ctim)};
}

fs::path resolve(const fs::path& file) {
  std::error_code error;
  fs::path real = fs::canonical(file, error);
  if (!error) return real;
  if (is_link(file))
    refuse(
        report::code::plugin_file_missing,
        "is a symbolic link to " + quoted(fs::read_symlink(file, error)) + ", which leads nowhere",
        "correct or remove the link");
  refuse(report::code::plugin_file_missing, "does not exist",
         "correct the path, or build the plugin");
}

/// The real path, when the links to it and all folders above it are safe.
fs::path resolve_safely(const fs::path& file, const fs::path& root, SafeFolders& known) {
  const fs::path folder = file.parent_path();
  struct stat status {};
  if (known.contains(folder.native()) && is_within(file, root) &&
      lstat(file.c_str(), &status) == 0 && !S_ISLNK(status.st_mode))
    return file;
  fs::path real = resolve(file);
  if (!is_within(real, root))
    refuse(
        report::code::plugin_link_leaves_folder,
        "is a symbolic link to " + quoted(real) + ", a file beneath " + quoted(root) + " expected",
        "put the file itself there, or add its folder to HARBOR_PLUGIN_PATH");
  check_folders(real.parent_path());
  if (folder != real.parent_path()) check_folders(folder);
  known.insert(real.parent_path().native());
  return real;
}

}  // namespace

bool is_within(const fs::path& path, const fs::path& root) {
  const std::string& inner = path.native();
  std::string_view outer = root.native();
  while (outer.ends_with('/')) outer.remove_suffix(1);
  return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '/');
}

Identity identify(const fs::path& file) {
  struct stat status {};
  return stat(file.c_str(), &status) == 0 ? identity_of(status) : Identity{};
}

SafeFile open_safely(const fs::path& file, const fs::path& root) {
  SafeFolders known;
  return open_safely(file, root, known);
}

SafeFile open_safely(const fs::path& file, const fs::path& root, SafeFolders& known) {
  fs::path real = resolve_safely(file, root, known);
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  system::FileDescriptor descriptor(
      open(real.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!descriptor.is_open())
    refuse(report::code::not_a_plugin, std::string("cannot be read: ") + std::strerror(errno),
           "give yourself permission to read it, or remove it");
  struct stat status {};
  // Checks the open file: the path may already lead to another one.
  if (fstat(descriptor.get(), &status) != 0)
    refuse(report::code::not_a_plugin, std::string("cannot be read: ") + std::strerror(errno),
           "remove it");
  check_file(real, status);
  return {std::move(real), identity_of(status), std::move(descriptor)};
}

}  // namespace harbor::plugin
