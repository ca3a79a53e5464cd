#include "port_holder.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace harbor::docker {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view listening = "0A";

// Files in /proc report size 0, so they are read as a stream.
std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool is_process(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool has_socket(const fs::path& process, const std::vector<std::string>& sockets) {
  std::error_code error;
  for (fs::directory_iterator at(process / "fd", error), end; !error && at != end;
       at.increment(error)) {
    std::error_code unreadable;
    // Links of other users' processes cannot be read; they are skipped.
    const fs::path target = fs::read_symlink(at->path(), unreadable);
    if (std::find(sockets.begin(), sockets.end(), target.string()) != sockets.end()) return true;
  }
  return false;
}

}  // namespace

std::vector<std::uint64_t> listening_inodes(std::string_view table, unsigned port) {
  std::vector<std::uint64_t> inodes;
  std::istringstream in{std::string(table)};
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string slot, local, remote, state, queues, timer, retransmit, uid, timeout;
    std::uint64_t inode = 0;
    if (!(fields >> slot >> local >> remote >> state >> queues >> timer >> retransmit >> uid >>
          timeout >> inode))
      continue;
    const auto colon = local.rfind(':');
    if (state != listening || colon == std::string::npos || inode == 0) continue;
    if (std::strtoul(local.c_str() + colon + 1, nullptr, 16) == port) inodes.push_back(inode);
  }
  return inodes;
}

std::optional<std::string> port_holder(unsigned port, const fs::path& proc) {
  std::vector<std::string> sockets;
  for (const char* table : {"net/tcp", "net/tcp6"}) {
    for (const auto inode : listening_inodes(text_of(proc / table), port))
      sockets.push_back("socket:[" + std::to_string(inode) + "]");
  }
  if (sockets.empty()) return std::nullopt;
  std::error_code error;
  for (fs::directory_iterator at(proc, error), end; !error && at != end; at.increment(error)) {
    if (!is_process(at->path()) || !has_socket(at->path(), sockets)) continue;
    std::string name = text_of(at->path() / "comm");
    while (!name.empty() && name.back() == '\n') name.pop_back();
    return name + " (process " + at->path().filename().string() + ")";
  }
  return std::nullopt;
}

}  // namespace harbor::docker
