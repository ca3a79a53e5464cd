#include "port_check.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "diagnosis.hpp"

namespace harbor::docker {
namespace {

constexpr std::string_view listening_state = "0A";

std::string text_of(const char* file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// "0100007F" -> "127.0.0.1": the kernel prints the bytes of a word, the last one first.
std::string address_of(std::string_view hex) {
  if (hex.size() > 8) return hex.find_first_not_of('0') == std::string_view::npos ? "::" : "::?";
  const auto word = std::stoul(std::string(hex), nullptr, 16);
  std::string out;
  for (unsigned shift = 0; shift < 32; shift += 8)
    out += (out.empty() ? "" : ".") + std::to_string((word >> shift) & 255U);
  return out;
}

/// An engine elsewhere has ports of its own. A context that the user chose may be anywhere.
bool is_engine_here(Context& context) {
  const std::string host = context.environment("DOCKER_HOST").value_or("");
  if (!host.empty()) return host.starts_with("unix://");
  if (context.environment("DOCKER_CONTEXT").value_or("default") != "default") return false;
  const std::string home = context.environment("HOME").value_or("");
  const std::string folder = context.environment("DOCKER_CONFIG").value_or(home + "/.docker");
  std::ifstream in(folder + "/config.json");
  const json config = json::parse(in, nullptr, false);
  return !config.is_object() || config.value("currentContext", "default") == "default";
}

bool starts_containers(const Decision& one) {
  return one.deed == Deed::create || one.deed == Deed::recreate || one.deed == Deed::start;
}

bool is_own(const Decision& one, const std::string& port) {
  return std::any_of(one.containers.begin(), one.containers.end(), [&](const Container* container) {
    return (container->state == "running" || container->state == "paused") &&
           std::any_of(container->ports.begin(), container->ports.end(),
                       [&](const std::string& held) { return held.starts_with(port + "->"); });
  });
}

}  // namespace

std::vector<std::string> listening_addresses(std::string_view table, unsigned port) {
  std::vector<std::string> out;
  std::istringstream in{std::string(table)};
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string slot, local, remote, state;
    if (!(fields >> slot >> local >> remote >> state) || state != listening_state) continue;
    const auto colon = local.rfind(':');
    if (colon == std::string::npos || std::strtoul(local.c_str() + colon + 1, nullptr, 16) != port)
      continue;
    out.push_back(address_of(std::string_view(local).substr(0, colon)));
  }
  return out;
}

bool is_overlap(std::string_view wanted, std::string_view listening) {
  const auto is_every = [](std::string_view ip) {
    return ip.empty() || ip == "0.0.0.0" || ip == "::";
  };
  return is_every(wanted) || is_every(listening) || wanted == listening;
}

void require_free_ports(Context& context, const std::vector<Decision>& decisions) {
  if (!is_engine_here(context)) return;
  std::string tables;
  for (const Decision& one : decisions) {
    if (!starts_containers(one)) continue;
    for (const Port& wanted : one.wanted->ports) {
      const bool is_one = !wanted.port.empty() && wanted.port.find('-') == std::string::npos;
      if (!is_one || wanted.protocol != "tcp" || is_own(one, wanted.port)) continue;
      if (tables.empty()) tables = text_of("/proc/net/tcp") + text_of("/proc/net/tcp6");
      const auto number = static_cast<unsigned>(std::strtoul(wanted.port.c_str(), nullptr, 10));
      const auto held = listening_addresses(tables, number);
      if (std::any_of(held.begin(), held.end(),
                      [&](const std::string& ip) { return is_overlap(wanted.ip, ip); }))
        throw taken(context, number, one.wanted->service);
    }
  }
}

}  // namespace harbor::docker
