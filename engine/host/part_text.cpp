#include "host/part_text.hpp"

#include <string_view>

#include "host/call_state.hpp"

namespace harbor::host {

bool append_parts(const harbor_part* parts, std::size_t count, const secret::Vault& vault,
                  std::string& text) {
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_known =
        parts[i].secret.len != 0
            ? vault.with(text_of(parts[i].secret), [&](std::string_view value) { text += value; })
            : (text += text_of(parts[i].text), true);
    if (!is_known) return false;
  }
  return true;
}

}  // namespace harbor::host
