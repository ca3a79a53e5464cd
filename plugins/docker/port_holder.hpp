// Who listens on a port of this machine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::docker {

/// Inodes of the sockets that listen on `port`, from the text of /proc/net/tcp or tcp6.
std::vector<std::uint64_t> listening_inodes(std::string_view table, unsigned port);

/// "nginx (process 4711)", as far as /proc shows it to this user; nothing otherwise.
std::optional<std::string> port_holder(unsigned port, const std::filesystem::path& proc = "/proc");

}  // namespace harbor::docker
