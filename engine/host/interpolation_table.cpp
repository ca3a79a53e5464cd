#include "host/interpolation_table.hpp"

#include <algorithm>
#include <cstring>

#include "document/interpolation.hpp"
#include "host/call_state.hpp"

namespace harbor::host {
namespace {

std::uint32_t fault_of(document::InterpolationError::Kind kind) noexcept {
  using Kind = document::InterpolationError::Kind;
  switch (kind) {
    case Kind::syntax:
      return HARBOR_EXPANSION_SYNTAX;
    case Kind::required:
      return HARBOR_EXPANSION_REQUIRED;
    case Kind::too_deep:
      return HARBOR_EXPANSION_TOO_DEEP;
    case Kind::too_long:
      return HARBOR_EXPANSION_TOO_LONG;
  }
  return HARBOR_EXPANSION_SYNTAX;
}

document::Interpolation interpolated(const harbor_expand& request) {
  const auto lookup = [&](std::string_view name) -> std::optional<std::string> {
    harbor_str value{};
    if (!request.lookup ||
        request.lookup(request.user, str_of(name), &value) != HARBOR_VARIABLE_SET)
      return std::nullopt;
    return std::string(text_of(value));
  };
  document::InterpolationOptions options;
  if (request.flags & HARBOR_EXPAND_EAGER) options.words = document::Words::eager;
  if (request.only)
    options.only = [&](std::string_view name) {
      return request.only(request.user, str_of(name)) != 0;
    };
  return document::interpolate(text_of(request.text), lookup, options);
}

harbor_status expand(harbor_call* call, const harbor_expand* given,
                     harbor_expansion* into) noexcept {
  return guarded(call, [&](Call& self) {
    harbor_expand request{};  // fields that the pack's version does not have stay empty
    std::memcpy(&request, given, std::min<std::size_t>(given->struct_size, sizeof request));
    auto done = interpolated(request);
    harbor_expansion result{};
    result.struct_size = into->struct_size;
    if (done.error) {
      result.fault = fault_of(done.error->kind);
      result.offset = done.error->offset;
      result.length = done.error->length;
      result.name = str_of(self.arena.keep(std::move(done.error->name)));
      result.message = str_of(self.arena.keep(std::move(done.error->message)));
    } else {
      result.text = str_of(self.arena.keep(std::move(done.text)));
    }
    if (request.unset)
      for (const auto& unset : done.unset)
        request.unset(request.user, str_of(unset.name), unset.offset, unset.length);
    std::memcpy(into, &result, std::min<std::size_t>(into->struct_size, sizeof result));
    return HARBOR_OK;
  });
}

}  // namespace

const harbor_interpolation& interpolation_table() noexcept {
  static constexpr harbor_interpolation table{sizeof(harbor_interpolation), 0, expand};
  return table;
}

}  // namespace harbor::host
