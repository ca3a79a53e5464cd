// harbor/testing/digest.hpp - digests that a test can tell apart: "harbor.digest.v1".
#pragma once

#include <harbor/digest.h>
#include <harbor/testing/bench.hpp>

#include <cstdint>
#include <string>

namespace harbor::testing {

/// The power to make digests: equal for equal texts, and other ones under the key.
class Digests : virtual public Bench {
 protected:
  Digests() { extend(HARBOR_DIGEST_ID, &digest_table); }

 private:
  static harbor_status do_digest(harbor_call*, const harbor_part*, std::size_t, std::uint32_t,
                                 harbor_str*) noexcept;

  static constexpr harbor_digest digest_table{sizeof(harbor_digest), 0, do_digest};
};

inline harbor_status Digests::do_digest(harbor_call* call, const harbor_part* parts,
                                        std::size_t count, std::uint32_t flags,
                                        harbor_str* hex) noexcept {
  auto& host = of<Digests>(call);
  return host.answer("digest", [&]() -> harbor_status {
    Text text;
    for (std::size_t i = 0; i < count; ++i)
      if (!host.append(parts[i], text)) return HARBOR_E_DENIED;
    // FNV-1a, four times over with another start: 64 digits without a library.
    const bool is_keyed = text.has_secret || (flags & HARBOR_DIGEST_KEYED) != 0;
    std::string out;
    for (std::uint64_t round = 0; round < 4; ++round) {
      std::uint64_t sum = 14695981039346656037ULL + round + (is_keyed ? 100 : 0);
      for (const char c : text.value)
        sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
      for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[(sum >> shift) & 15];
    }
    *hex = host.keep(out);
    return HARBOR_OK;
  });
}

}  // namespace harbor::testing
