// The short forms of Compose: `8080:80/udp`, `./data:/data:ro`, and their meanings.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::compose {

/// One published port. `published` may be a range ("8000-8010") for a single target; empty: any
/// free one.
struct Port {
  std::string host_ip;
  std::string published;
  unsigned target = 0;
  std::string protocol = "tcp";
};

/// "[ip:][host:]container[/protocol]", ranges expanded. Nothing if Compose could not read it
/// either, which includes every text with a variable.
std::optional<std::vector<Port>> parse_ports(std::string_view text);

/// A volume's short form, split at colons outside of ${...}. A single letter before a colon is a
/// drive, as Compose takes it even on Linux.
struct Mount {
  std::string source;  ///< empty: an anonymous volume
  std::string target;
  std::string options;
  bool is_bind = false;  ///< the source looks like a path
};
std::optional<Mount> parse_mount(std::string_view text);

/// Whether a build context is fetched from elsewhere: a URL, a Git repository.
bool is_remote_context(std::string_view context);

/// As Go's path.Clean: "/a//b/../c/" -> "/a/c", "" -> ".".
std::string clean_path(std::string_view path);

}  // namespace harbor::compose
