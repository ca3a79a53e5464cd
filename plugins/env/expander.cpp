#include "expander.hpp"

#include <harbor/interpolation.h>

namespace harbor::env {
namespace {

/// What the host's callbacks work on. They never throw: out of memory reads as "not set".
struct Run {
  const Lookup& lookup;
  std::optional<std::string> value;
  std::vector<Expansion::Unset> unset;

  static std::string_view text(harbor_str view) {
    return view.len == 0 ? std::string_view() : std::string_view(view.ptr, view.len);
  }

  static std::int32_t find(void* user, harbor_str name, harbor_str* value) noexcept try {
    auto& run = *static_cast<Run*>(user);
    run.value = run.lookup(text(name));
    if (!run.value) return HARBOR_VARIABLE_UNSET;
    *value = {run.value->data(), run.value->size()};
    return HARBOR_VARIABLE_SET;
  } catch (...) {
    return HARBOR_VARIABLE_UNSET;
  }

  static void note(void* user, harbor_str name, std::size_t offset, std::size_t length) noexcept
      try {
    static_cast<Run*>(user)->unset.push_back({offset, length, std::string(text(name))});
  } catch (...) {
  }
};

Expansion expand(const harbor_interpolation& table, harbor_call* call, std::string_view text,
                 const Lookup& lookup) {
  Run run{lookup, std::nullopt, {}};
  harbor_expand request{};
  request.struct_size = sizeof request;
  request.flags = HARBOR_EXPAND_EAGER;
  request.text = {text.data(), text.size()};
  request.user = &run;
  request.lookup = &Run::find;
  request.unset = &Run::note;
  harbor_expansion result{};
  result.struct_size = sizeof result;
  if (const auto status = table.expand(call, &request, &result); status > HARBOR_OK)
    throw HostFailure(status, "expand");
  Expansion expansion;
  expansion.text = std::string(Run::text(result.text));
  expansion.unset = std::move(run.unset);
  if (result.fault != HARBOR_EXPANSION_FINE) {
    const bool is_required = result.fault == HARBOR_EXPANSION_REQUIRED;
    expansion.fault = {result.offset, result.length, is_required,
                       std::string(Run::text(result.name)), std::string(Run::text(result.message))};
  }
  return expansion;
}

/// For a host without the table: variables cannot be resolved, plain values can.
Expansion refuse(std::string_view text, const Lookup&) {
  Expansion expansion;
  expansion.text = std::string(text);
  const auto dollar = text.find('$');
  if (dollar == std::string_view::npos) return expansion;
  expansion.fault.emplace();
  expansion.fault->offset = dollar;
  expansion.fault->length = 1;
  expansion.fault->message = "this Harbor cannot resolve variables in env files";
  return expansion;
}

}  // namespace

Expander expander_of(const Context& context) {
  const auto* table = context.extension<harbor_interpolation>(HARBOR_INTERPOLATION_ID);
  if (table == nullptr) return refuse;
  return [table, call = context.raw()](std::string_view text, const Lookup& lookup) {
    return expand(*table, call, text, lookup);
  };
}

}  // namespace harbor::env
