// harbor/secret.hpp - putting a value into the host's vault and reading one back. Needs
// HARBOR_FX_SECRETS.
#pragma once

#include <harbor/call.hpp>
#include <harbor/part.hpp>

#include <concepts>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>

namespace harbor {

/// Puts the value into the vault, which masks it from then on; returns {"$secret": "REF"}. `name`
/// is for messages. Throws HostFailure.
[[nodiscard]] inline json put_secret(const Call& call, std::string_view name,
                                     std::string_view value) {
  harbor_str reference{};
  detail::check(
      call.host().put_secret(call.raw(), detail::view(name), detail::view(value), &reference),
      "put_secret");
  return {{"$secret", std::string(detail::text(reference))}};
}

/// Calls `use(std::string_view value)` once; the bytes are wiped afterwards, so keep no copy.
/// `secret` is {"$secret": "REF"}. Throws what `use` throws, and HostFailure.
template <std::invocable<std::string_view> Use>
void with_secret(const Call& call, const json& secret, Use&& use) {
  struct Guarded {
    std::remove_reference_t<Use>& use;
    std::exception_ptr thrown;
  } guarded{use, nullptr};
  const Part part = Part::secret(secret);
  const auto trampoline = [](void* user, harbor_str value) noexcept {
    auto* self = static_cast<Guarded*>(user);
    detail::guard(self->thrown, [&] { self->use(detail::text(value)); });
  };
  const harbor_status status =
      call.host().with_secret(call.raw(), detail::view(part.reference), trampoline, &guarded);
  if (guarded.thrown) std::rethrow_exception(guarded.thrown);
  detail::check(status, "with_secret");
}

}  // namespace harbor
