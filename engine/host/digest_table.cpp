#include "host/digest_table.hpp"

#include <string.h>

#include <algorithm>
#include <filesystem>

#include "host/call_state.hpp"
#include "host/part_text.hpp"
#include "report/code_secret.hpp"
#include "store/project_key.hpp"
#include "system/sha256.hpp"

namespace harbor::host {
namespace {

constexpr std::uint64_t writes = HARBOR_FX_WRITE_WORKSPACE | HARBOR_FX_WRITE_HOST;

/// A missing key is created only by an execute that may write, since only that has the project's
/// lock.
std::string key_for(const Call& call) {
  const auto var = std::filesystem::path(call.setup.run_dir).parent_path();
  const bool may_make = call.setup.op == HARBOR_OP_EXECUTE && call.has_effect(writes);
  return may_make ? store::make_project_key(var) : store::project_key(var);
}

// Hashed twice, so that nobody who knows a digest can compute that of a longer text.
std::string keyed_sum(const std::string& key, std::string_view text) {
  system::Sha256 inner;
  inner.add(key);
  inner.add(text);
  return system::sha256(key + inner.hex());
}

harbor_status of_parts(harbor_call* call, const harbor_part* parts, size_t count, uint32_t flags,
                       harbor_str* hex) noexcept {
  return guarded(call, [&](Call& self) -> harbor_status {
    std::string text;
    const bool is_known = append_parts(parts, count, *self.services.vault, text);
    const bool is_keyed = (flags & HARBOR_DIGEST_KEYED) != 0 ||
                          std::any_of(parts, parts + count,
                                      [](const harbor_part& part) { return part.secret.len != 0; });
    const auto wipe = [&] { ::explicit_bzero(text.data(), text.size()); };
    if (!is_known) {
      wipe();
      return self.refuse(HARBOR_E_DENIED, report::code::unknown_secret_reference,
                         "a digest needs a secret that does not exist",
                         "references are valid in the run that made them");
    }
    try {
      const std::string sum = is_keyed ? keyed_sum(key_for(self), text) : system::sha256(text);
      *hex = str_of(self.arena.keep(sum));
    } catch (const report::Error& error) {
      wipe();
      const auto& why = error.diagnostics().front();
      return self.refuse(HARBOR_E_IO, why.code, why.message, why.hint);
    }
    wipe();
    return HARBOR_OK;
  });
}

}  // namespace

const harbor_digest& digest_table() noexcept {
  static constexpr harbor_digest table{sizeof(harbor_digest), 0, of_parts};
  return table;
}

}  // namespace harbor::host
