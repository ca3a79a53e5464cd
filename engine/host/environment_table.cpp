#include "host/environment_table.hpp"

#include "host/call_state.hpp"
#include "report/code_process.hpp"
#include "system/utf8.hpp"

namespace harbor::host {
namespace {

harbor_status check_may_read(Call& call) {
  if (call.has_effect(HARBOR_FX_READ_HOST)) return HARBOR_OK;
  return call.refuse(HARBOR_E_DENIED, report::code::undeclared_effect,
                     "the action reads the environment without declaring the effect",
                     "the pack must declare HARBOR_FX_READ_HOST for it");
}

// Read from what main() handed in, not by getenv(): tests can set it, and another thread's setenv()
// cannot invalidate the text.
harbor_status get(harbor_call* call, harbor_str name, harbor_str* value) noexcept {
  return guarded(call, [&](Call& self) -> harbor_status {
    if (const auto refused = check_may_read(self)) return refused;
    const auto found = self.services.environment.find(std::string(text_of(name)));
    // Not refuse(): a variable that is not set is a normal answer.
    if (found == self.services.environment.end()) return HARBOR_E_NOT_FOUND;
    *value = str_of(self.arena.keep(system::repair_utf8(found->second)));
    return HARBOR_OK;
  });
}

harbor_status names(harbor_call* call, harbor_str prefix, void (*visit)(void*, harbor_str),
                    void* user) noexcept {
  return guarded(call, [&](Call& self) -> harbor_status {
    if (const auto refused = check_may_read(self)) return refused;
    for (auto at = self.services.environment.lower_bound(std::string(text_of(prefix)));
         at != self.services.environment.end() && at->first.starts_with(text_of(prefix)); ++at)
      visit(user, str_of(at->first));
    return HARBOR_OK;
  });
}

}  // namespace

const harbor_environment& environment_table() noexcept {
  static constexpr harbor_environment table{sizeof(harbor_environment), 0, get, names};
  return table;
}

}  // namespace harbor::host
