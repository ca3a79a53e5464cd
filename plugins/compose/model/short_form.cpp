#include "short_form.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace harbor::compose {
namespace {

std::optional<unsigned> port_of(std::string_view text) {
  unsigned value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value > 65535)
    return std::nullopt;
  return value;
}

struct Range {
  unsigned first = 0;
  unsigned last = 0;
};

std::optional<Range> range_of(std::string_view text) {
  std::size_t dash = text.find('-');
  auto first = port_of(text.substr(0, dash));
  auto last = dash == std::string_view::npos ? first : port_of(text.substr(dash + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return Range{*first, *last};
}

// A host name is refused there, as by Compose.
bool is_address(const std::string& text) {
  unsigned char buffer[sizeof(in6_addr)];
  return ::inet_pton(AF_INET, text.c_str(), buffer) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), buffer) == 1;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_path(std::string_view source) {
  if (source.empty()) return false;
  if (source[0] == '.' || source[0] == '/' || source[0] == '~' || source.substr(0, 2) == "\\\\")
    return true;
  return source.size() > 1 && is_letter(source[0]) && source[1] == ':';
}

}  // namespace

std::optional<std::vector<Port>> parse_ports(std::string_view text) {
  Port port;
  if (std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    port.protocol = text.substr(slash + 1);
    text = text.substr(0, slash);
    for (char& c : port.protocol) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    if (port.protocol != "tcp" && port.protocol != "udp" && port.protocol != "sctp")
      return std::nullopt;
  }
  std::string_view container = text, host;
  if (std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    container = text.substr(colon + 1);
    host = text.substr(0, colon);
    if (std::size_t before = host.rfind(':'); before != std::string_view::npos) {
      port.host_ip = host.substr(0, before);
      host = host.substr(before + 1);
      if (port.host_ip.size() > 1 && port.host_ip.front() == '[' && port.host_ip.back() == ']') {
        port.host_ip = port.host_ip.substr(1, port.host_ip.size() - 2);
      }
      // An IPv6 address needs brackets, or its last group would be taken for a port.
      const bool is_bare =
          !port.host_ip.empty() && text[0] != '[' && port.host_ip.find(':') != std::string::npos;
      if (is_bare || (!port.host_ip.empty() && !is_address(port.host_ip))) return std::nullopt;
    }
  }
  const auto targets = range_of(container);
  if (!targets) return std::nullopt;
  Range published;
  const bool is_published = !host.empty();
  if (is_published) {
    const auto range = range_of(host);
    if (!range) return std::nullopt;
    published = *range;
  }
  const unsigned count = targets->last - targets->first;
  // For a single target, the engine takes the first free port of the range.
  const bool is_pool = is_published && count == 0 && published.last != published.first;
  if (is_published && !is_pool && published.last - published.first != count) return std::nullopt;
  std::vector<Port> ports;
  for (unsigned i = 0; i <= count; ++i) {
    port.target = targets->first + i;
    if (is_pool) {
      port.published = std::to_string(published.first) + "-" + std::to_string(published.last);
    } else if (is_published) {
      port.published = std::to_string(published.first + i);
    }
    ports.push_back(port);
  }
  return ports;
}

std::optional<Mount> parse_mount(std::string_view text) {
  Mount mount;
  if (text.empty()) return std::nullopt;
  // Too short for a source and a target.
  if (text.size() <= 2) {
    mount.target = text;
    return mount;
  }
  std::array<std::string_view, 3> fields;
  std::size_t count = 0, from = 0;
  int braces = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ':';
    if (c == '$' && i + 1 < text.size() && text[i + 1] == '{') ++braces;
    if (c == '}' && braces > 0) --braces;
    const bool is_drive = i - from == 1 && is_letter(text[from]);
    if (i < text.size() && (c != ':' || braces > 0 || is_drive)) continue;
    if (count == fields.size() || i == from) return std::nullopt;
    fields[count++] = text.substr(from, i - from);
    from = i + 1;
  }
  if (count == 1) {
    mount.target = fields[0];
    return mount;
  }
  mount.source = fields[0];
  mount.target = fields[1];
  mount.options = fields[2];
  mount.is_bind = is_path(mount.source);
  return mount;
}

bool is_remote_context(std::string_view context) {
  return context.find("://") != std::string_view::npos || context.starts_with("git@") ||
         context.starts_with("github.com/");
}

std::string clean_path(std::string_view path) {
  const bool rooted = !path.empty() && path[0] == '/';
  std::vector<std::string_view> parts;
  for (std::size_t from = 0; from <= path.size();) {
    std::size_t to = std::min(path.find('/', from), path.size());
    std::string_view part = path.substr(from, to - from);
    from = to + 1;
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (part != ".." || !rooted) {
      parts.push_back(part);
    }
  }
  std::string clean = rooted ? "/" : "";
  for (std::size_t i = 0; i < parts.size(); ++i) clean.append(i > 0 ? "/" : "").append(parts[i]);
  return clean.empty() ? "." : clean;
}

}  // namespace harbor::compose
