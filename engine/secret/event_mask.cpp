#include "secret/event_mask.hpp"

namespace harbor::secret {
namespace {

void mask(const Masker& masker, std::string& text) {
  if (!text.empty()) text = masker.apply(text);
}

/// Deeper down keys are data: names of variables, of files, of hosts.
void mask_data(const Masker& masker, nlohmann::json& value) {
  if (value.is_string()) {
    value = masker.apply(value.get_ref<const std::string&>());
  } else if (value.is_array()) {
    for (auto& item : value) mask_data(masker, item);
  } else if (value.is_object()) {
    auto masked = nlohmann::json::object();
    for (auto& [key, item] : value.items()) {
      mask_data(masker, item);
      masked[masker.apply(key)] = std::move(item);
    }
    value = std::move(masked);
  }
}

}  // namespace

void mask(const Masker& masker, nlohmann::json& fields) {
  for (auto& field : fields) mask_data(masker, field);
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
  mask(masker, event.fields);
  for (auto& diagnostic : event.diagnostics) mask(masker, diagnostic);
}

}  // namespace harbor::secret
