// The host's side of a harbor_call: only for the host functions.
#pragma once

#include <harbor/plugin.h>

#include <exception>
#include <mutex>
#include <string>
#include <string_view>

#include "host/arena.hpp"
#include "host/call.hpp"
#include "report/code_run.hpp"

namespace harbor::host {

inline std::string_view text_of(harbor_str text) {
  return {text.ptr ? text.ptr : "", text.ptr ? text.len : 0};
}
inline harbor_str str_of(std::string_view text) { return {text.data(), text.size()}; }

/// What harbor_call.opaque points to.
struct Call {
  const Services& services;
  const CallSetup& setup;
  Arena arena;
  std::mutex mutex;
  CallResult result;

  [[nodiscard]] const secret::Masker& masker() const { return services.vault->masker(); }

  [[nodiscard]] bool has_effect(std::uint64_t effect) const {
    return (setup.action->effects & effect) != 0;
  }
  /// Whether the operation never changes anything.
  [[nodiscard]] bool only_looks() const {
    return setup.op == HARBOR_OP_VALIDATE || setup.op == HARBOR_OP_PLAN ||
           setup.op == HARBOR_OP_STATUS;
  }

  /// Records why a host function refuses, and returns `status`.
  harbor_status refuse(harbor_status status, std::string_view code, const std::string& message,
                       std::string hint = {}) {
    const std::lock_guard guard(mutex);
    Failure failure;
    failure.status = status;
    failure.code = code;
    failure.message = message;
    failure.hint = std::move(hint);
    failure.from_host = true;
    result.failures.push_back(std::move(failure));
    return status;
  }
};

inline Call& of(harbor_call* call) { return *static_cast<Call*>(call->opaque); }

/// The boundary to the pack: lets no exception of the engine through.
template <class Body>
harbor_status guarded(harbor_call* call, Body&& body) noexcept {
  try {
    return body(of(call));
  } catch (const std::exception& failure) {
    try {
      return of(call).refuse(HARBOR_E_INTERNAL, report::code::broken_contract,
                             std::string("the host failed: ") + failure.what());
    } catch (...) {
      return HARBOR_E_INTERNAL;
    }
  } catch (...) {
    return HARBOR_E_INTERNAL;
  }
}

}  // namespace harbor::host
