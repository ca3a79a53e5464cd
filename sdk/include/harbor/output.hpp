// harbor/output.hpp - what an operation returns: its output, where the parts of an artifact come
// from, and the state that undo and status get later.
#pragma once

#include <harbor/output.h>
#include <harbor/call.hpp>

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harbor {

/// Returned by an operation that found nothing to do; the step's outcome is `noop`.
struct Unchanged {
  json output = nullptr;
};

/// For an operation that may find nothing to do: it returns an output, or Unchanged{output}. A null
/// output means that there is none.
struct Result {
  json output;
  bool changed = true;

  Result(json value = nullptr) : output(std::move(value)) {}
  Result(json::initializer_list_t value)
      : output(value) {}  // so that `return {{"key", 1}};` is an object
  Result(Unchanged unchanged) : output(std::move(unchanged.output)), changed(false) {}
};

/// Passes the output to the host: large texts as they are, if the host supports that, and the rest
/// as JSON. The last call wins. Operations made with action.hpp call it with what they return.
[[nodiscard]] inline harbor_status emit_output(const Call& call, json output) {
  constexpr std::size_t large = 4096;
  std::vector<std::pair<std::string, json>> texts;
  const auto* table = call.extension<harbor_output>(HARBOR_OUTPUT_ID);
  if (table != nullptr && output.is_object())
    for (auto at = output.begin(); at != output.end();) {
      const bool is_large = at->is_string() && at->get_ref<const std::string&>().size() > large;
      if (is_large) texts.emplace_back(at.key(), std::move(*at));
      at = is_large ? output.erase(at) : std::next(at);
    }
  harbor_status status = call.host().emit_output(call.raw(), detail::view(detail::dump(output)));
  for (const auto& [name, value] : texts)
    if (status <= HARBOR_OK)
      status = table->emit_text(call.raw(), detail::view(name),
                                detail::view(value.get_ref<const std::string&>()));
  return status;
}

/// Where the parts of an artifact come from: JSON pointers -> [{"file", "line", "column", "layer",
/// "value", "overridden"}], the effective one last. Throws HostFailure.
inline void emit_origin(const Call& call, std::string_view artifact, const json& origin) {
  const std::string text = detail::dump(origin);
  detail::check(call.host().emit_origin(call.raw(), detail::view(artifact), detail::view(text)),
                "emit_origin");
}

/// For undo and status; durable when it returns. Save the intent before the side effect. Throws
/// HostFailure.
inline void save_state(const Call& call, const json& state) {
  const std::string text = detail::dump(state);
  detail::check(call.host().save_state(call.raw(), detail::view(text)), "save_state");
}

/// What an earlier execute of this step saved; null if nothing.
[[nodiscard]] inline json saved_state(const Call& call) {
  const std::string_view text = detail::text(call.raw()->state);
  return text.empty() ? json() : json::parse(text);
}

}  // namespace harbor
