// The age key that files are decrypted with.
#pragma once

#include <harbor/call.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace harbor::secrets_sops {

struct Identity {
  std::string
      source;  ///< as shown to people: "AGE_PRIVATE_KEY", "/home/ada/.config/sops/age/keys.txt"
  std::string keys;  ///< lines of private keys, without comments
};

/// A variable of Harbor's environment; nothing when it is not set or empty.
using Environment = std::function<std::optional<std::string>(const char* name)>;

/// The environment that the host gives access to.
Environment environment_of(const Call& call);

/// Exactly one, the first of AGE_PRIVATE_KEY, SOPS_AGE_KEY, SOPS_AGE_KEY_FILE and
/// ~/.config/sops/age/keys.txt. Throws secrets.no_key, secrets.bad_key, secrets.key_mode,
/// secrets.unreadable_file.
Identity find_identity(const Environment& environment);

/// Whether `line` is a private key of age, of the classic or the post-quantum kind.
bool is_private_key(std::string_view line);

}  // namespace harbor::secrets_sops
