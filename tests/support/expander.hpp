// The engine's interpolation as the host offers it: for the tests and fuzz targets of packs.
#pragma once

#include <harbor/expansion.hpp>

#include "document/interpolation.hpp"

namespace harbor::test {

inline Expansion expand(const Expand& request) {
  using Kind = document::InterpolationError::Kind;
  const document::Interpolation done = document::interpolate(
      request.text, request.lookup,
      {.words = request.eager ? document::Words::eager : document::Words::lazy,
       .only = request.only});
  Expansion expansion;
  expansion.text = done.text;
  for (const auto& unset : done.unset)
    expansion.unset.push_back({unset.offset, unset.length, unset.name});
  if (const auto& error = done.error)
    expansion.fault = {error->kind == Kind::required ? std::uint32_t{HARBOR_EXPANSION_REQUIRED}
                                                     : std::uint32_t{HARBOR_EXPANSION_SYNTAX},
                       error->offset, error->length, error->name, error->message};
  return expansion;
}

/// The same as a table for the fake host.
inline harbor_status expand_for_host(harbor_call*, const harbor_expand* given,
                                     harbor_expansion* into) {
  static Expansion done;  // the arena of a test
  const auto view = [](std::string_view text) { return harbor_str{text.data(), text.size()}; };
  Expand request;
  request.text = {given->text.ptr, given->text.len};
  request.eager = (given->flags & HARBOR_EXPAND_EAGER) != 0;
  request.lookup = [&](std::string_view name) -> std::optional<std::string> {
    harbor_str value{};
    if (given->lookup(given->user, view(name), &value) != HARBOR_VARIABLE_SET) return std::nullopt;
    return std::string(value.ptr, value.len);
  };
  if (given->only)
    request.only = [&](std::string_view name) { return given->only(given->user, view(name)) != 0; };
  done = expand(request);
  into->text = view(done.text);
  for (const auto& unset : done.unset)
    if (given->unset) given->unset(given->user, view(unset.name), unset.offset, unset.length);
  if (!done.fault) return HARBOR_OK;
  into->fault = done.fault->kind;
  into->offset = done.fault->offset;
  into->length = done.fault->length;
  into->message = view(done.fault->message);
  into->name = view(done.fault->name);
  return HARBOR_OK;
}
inline constexpr harbor_interpolation interpolation{sizeof(harbor_interpolation), 0,
                                                    expand_for_host};

}  // namespace harbor::test
