// harbor/digest.hpp - digests of texts and secrets, over the host's table "harbor.digest.v1".
#pragma once

#include <harbor/digest.h>
#include <harbor/call.hpp>
#include <harbor/part.hpp>

#include <cstdint>
#include <string>

namespace harbor {

namespace detail {

inline std::string digest(const Call& call, const Parts& parts, std::uint32_t flags) {
  const auto& table = call.needed<harbor_digest>(HARBOR_DIGEST_ID, "make digests for packs");
  const auto pieces = raw(parts);
  harbor_str hex{};
  check(table.of(call.raw(), pieces.data(), pieces.size(), flags, &hex), "digest");
  return std::string(text(hex));
}

}  // namespace detail

/// 64 hex digits over the joined parts: SHA-256, under the project's key where one of them is a
/// secret. Throws HostFailure.
[[nodiscard]] inline std::string digest(const Call& call, const Parts& parts) {
  return detail::digest(call, parts, 0);
}

/// The same, always under the project's key: for texts that may hold what nobody is to guess.
[[nodiscard]] inline std::string keyed_digest(const Call& call, const Parts& parts) {
  return detail::digest(call, parts, HARBOR_DIGEST_KEYED);
}

}  // namespace harbor
