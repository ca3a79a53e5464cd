#include "identity.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <harbor/environment.hpp>
#include <harbor/error.hpp>

#include "workspace_file.hpp"

namespace harbor::secrets_sops {
namespace fs = std::filesystem;

namespace {

std::string_view trimmed(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

/// Returns only the keys: a comment tells whose key it is, and in the vault, that text would be
/// masked everywhere.
std::string keys_in(std::string_view text, const std::string& source) {
  std::string keys;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = trimmed(text.substr(at, end - at));
    at = end + 1;
    if (line.empty() || line.front() == '#') continue;
    if (!is_private_key(line))
      throw Error(HARBOR_E_DENIED, "secrets.bad_key",
                  source + " holds something that is not an age key",
                  "a private key is one line that starts with AGE-SECRET-KEY-1, all in capitals");
    keys += (keys.empty() ? "" : "\n") + std::string(line);
  }
  if (keys.empty())
    throw Error(HARBOR_E_DENIED, "secrets.bad_key", source + " holds no age key",
                "a private key is one line that starts with AGE-SECRET-KEY-1");
  return keys;
}

std::optional<Identity> from_file(const fs::path& path, const std::string& source) {
  const auto file = read_file(path, path.string());
  if (!file) return std::nullopt;
  // Only if a chmod can help: the owner decides about a key that belongs to somebody else, such as
  // one mounted into a container.
  if ((file->mode & 077U) != 0 && (file->is_own || ::geteuid() == 0)) {
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", file->mode & 0777U);
    throw Error(HARBOR_E_DENIED, "secrets.key_mode",
                "others may use the key file " + path.string() + ": its mode is " + mode,
                "chmod 600 " + path.string());
  }
  return Identity{source, keys_in(file->text, source)};
}

fs::path config_folder(const Environment& environment) {
  if (const auto folder = environment("XDG_CONFIG_HOME")) return *folder;
  if (const auto home = environment("HOME")) return fs::path(*home) / ".config";
  const passwd* entry = ::getpwuid(::geteuid());
  return fs::path(entry != nullptr ? entry->pw_dir : "/") / ".config";
}

}  // namespace

Environment environment_of(const Call& call) {
  return [&call](const char* name) -> std::optional<std::string> {
    auto value = environment(call, name);
    if (value && value->empty()) return std::nullopt;
    return value;
  };
}

bool is_private_key(std::string_view line) {
  constexpr std::string_view classic = "AGE-SECRET-KEY-1", quantum = "AGE-SECRET-KEY-PQ-1",
                             plugin = "AGE-PLUGIN-";
  const bool known =
      line.starts_with(classic) || line.starts_with(quantum) || line.starts_with(plugin);
  return known && line.size() >= classic.size() + 20 &&
         line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == std::string_view::npos;
}

Identity find_identity(const Environment& environment) {
  for (const char* name : {"AGE_PRIVATE_KEY", "SOPS_AGE_KEY"})
    if (const auto value = environment(name)) return {name, keys_in(*value, name)};
  if (const auto path = environment("SOPS_AGE_KEY_FILE")) {
    if (auto identity = from_file(*path, "SOPS_AGE_KEY_FILE")) return *identity;
    throw Error(HARBOR_E_DENIED, "secrets.no_key",
                "SOPS_AGE_KEY_FILE names " + *path + ", which does not exist",
                "correct the path, or unset the variable");
  }
  const fs::path usual = config_folder(environment) / "sops" / "age" / "keys.txt";
  if (auto identity = from_file(usual, usual.string())) return *identity;
  throw Error(HARBOR_E_DENIED, "secrets.no_key", "there is no age key to decrypt with",
              "set AGE_PRIVATE_KEY, SOPS_AGE_KEY or SOPS_AGE_KEY_FILE, or put the key into " +
                  usual.string());
}

}  // namespace harbor::secrets_sops
