// Any bytes are a document or errors that lie within them; what was read is the same when it is
// read again as JSON.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "document/layer.hpp"
#include "document/yaml.hpp"

using namespace harbor;
using namespace harbor::document;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_finite(const nlohmann::json& value) {
  if (value.is_number_float())
    return !nlohmann::json(value.dump()).empty() && value.dump() != "null";
  if (!value.is_structured()) return true;
  for (const auto& item : value)
    if (!is_finite(item)) return false;
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Sources sources = {{}, {"fuzz.yaml", "project"}};
  Parsed parsed = parse_yaml(text, 1, sources);
  for (const report::Diagnostic& diagnostic : parsed.diagnostics) {
    require(!diagnostic.message.empty() && !diagnostic.labels.empty());
    for (const report::Label& label : diagnostic.labels)
      require(label.span.line >= 1 && label.span.column >= 1 && label.span.length >= 1);
  }
  if (parsed.diagnostics.empty()) {
    const nlohmann::json read = to_json(parsed.value);
    const std::string written = read.dump();
    if (is_finite(read) && written.size() < 100'000) {
      const Parsed again = parse_yaml(written, 1, sources);
      require(again.diagnostics.empty() && to_json(again.value) == read);
    }
  }
  Value laid = parsed.value;
  lay_over(laid, std::move(parsed.value));
  report::Diagnostics diagnostics;
  set_path(laid, text, sources, diagnostics);
  (void)to_json(laid).dump();
  return 0;
}
