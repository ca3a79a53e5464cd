#include "secret/event_mask.hpp"

#include <utility>

namespace harbor::secret {
namespace {

void mask(const Masker& masker, std::string& text) {
  if (!text.empty()) text = masker.apply(text);
}

bool is_reference(const nlohmann::json& value) {
  return value.size() == 1 && value.contains("$secret");
}

void mask_members(const Masker& masker, nlohmann::json& object, const IsWord& is_word) {
  auto masked = nlohmann::json::object();
  for (auto& [key, member] : object.items()) {
    mask(masker, member);
    std::string shown = is_word && is_word(key) ? key : masker.apply(key);
    // Two keys that are secrets look the same once masked, and neither may replace the other.
    while (shown != key && (masked.contains(shown) || object.contains(shown))) shown += '*';
    masked[shown] = std::move(member);
  }
  object = std::move(masked);
}

}  // namespace

void mask(const Masker& masker, nlohmann::json& value, const IsWord& is_word) {
  if (value.is_string()) {
    value = masker.apply(value.get_ref<const std::string&>());
  } else if (value.is_array()) {
    for (auto& item : value) mask(masker, item);
  } else if (value.is_object() && !is_reference(value)) {
    mask_members(masker, value, is_word);
  }
}

void mask(const Masker& masker, report::Diagnostic& diagnostic) {
  mask(masker, diagnostic.message);
  mask(masker, diagnostic.hint);
  for (auto& cause : diagnostic.causes) mask(masker, cause);
  for (auto& label : diagnostic.labels) mask(masker, label.text);
  if (diagnostic.detail.empty()) return;
  auto detail = nlohmann::json::parse(diagnostic.detail);
  mask(masker, detail);
  diagnostic.detail = detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void mask(const Masker& masker, report::Event& event) {
  if (masker.is_empty()) return;
  mask(masker, event.text);
  const bool is_own = event.kind == report::EventKind::trace;
  mask(masker, event.fields, [is_own](const std::string&) { return is_own; });
  for (auto& diagnostic : event.diagnostics) mask(masker, diagnostic);
}

}  // namespace harbor::secret
