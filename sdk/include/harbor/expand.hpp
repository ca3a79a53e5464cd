// harbor/expand.hpp - expanding `${NAME}` as the descriptor does, over the host's table
// "harbor.interpolation.v1".
#pragma once

#include <harbor/call.hpp>
#include <harbor/expansion.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace harbor {

namespace detail {

/// An expansion on its way through the boundary.
struct Expanding {
  const Expand& request;
  Expansion result;
  std::exception_ptr thrown;
  std::string value;  // the last one that was looked up

  static std::int32_t lookup(void* user, harbor_str name, harbor_str* value) noexcept {
    auto* self = static_cast<Expanding*>(user);
    bool is_set = false;
    guard(self->thrown, [&] {
      auto found = self->request.lookup(text(name));
      is_set = found.has_value();
      self->value = std::move(found).value_or("");
      *value = view(self->value);
    });
    return is_set ? HARBOR_VARIABLE_SET : HARBOR_VARIABLE_UNSET;
  }
  static void unset(void* user, harbor_str name, std::size_t offset, std::size_t length) noexcept {
    auto* self = static_cast<Expanding*>(user);
    guard(self->thrown, [&] {
      self->result.unset.push_back({offset, length, std::string(text(name))});
    });
  }
  static std::int32_t only(void* user, harbor_str name) noexcept {
    auto* self = static_cast<Expanding*>(user);
    bool is_wanted = false;
    guard(self->thrown, [&] { is_wanted = self->request.only(text(name)); });
    return is_wanted ? 1 : 0;
  }
};

}  // namespace detail

/// Expands `${NAME}` as the descriptor and env files do. A fault in the text is part of the result.
/// Throws HostFailure and what the request's functions throw.
inline Expansion expand(const Call& call, const Expand& request) {
  const auto& table =
      call.needed<harbor_interpolation>(HARBOR_INTERPOLATION_ID, "expand variables for packs");
  detail::Expanding state{request, {}, nullptr, {}};
  harbor_expand raw{};
  raw.struct_size = sizeof raw;
  raw.flags = request.eager ? HARBOR_EXPAND_EAGER : 0u;
  raw.text = detail::view(request.text);
  raw.user = &state;
  raw.lookup = &detail::Expanding::lookup;
  raw.unset = &detail::Expanding::unset;
  raw.only = request.only ? &detail::Expanding::only : nullptr;
  harbor_expansion done{};
  done.struct_size = sizeof done;
  const harbor_status status = table.expand(call.raw(), &raw, &done);
  if (state.thrown) std::rethrow_exception(state.thrown);
  detail::check(status, "expand");
  state.result.text = detail::text(done.text);
  if (done.fault != HARBOR_EXPANSION_FINE)
    state.result.fault =
        Expansion::Fault{done.fault, done.offset, done.length, std::string(detail::text(done.name)),
                         std::string(detail::text(done.message))};
  return std::move(state.result);
}

}  // namespace harbor
