// The forms in which a secret may show up.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::secrets_sops {

/// Shorter ones turn up by chance.
inline constexpr std::size_t shortest_needle = 6;

struct Needle {
  std::string secret;  ///< the name of the secret
  const char* form;    ///< "as it is", "in base64"
  std::string bytes;
};

/// `value` as it is, in base64 and base64url at each of three shifts, percent-encoded,
/// JSON-escaped, shell-quoted, in hexadecimal digits and backwards; each line of a value with
/// several lines as it is. Forms of fewer than shortest_needle bytes and duplicates are left out.
std::vector<Needle> needles_of(const std::string& secret, std::string_view value);

}  // namespace harbor::secrets_sops
