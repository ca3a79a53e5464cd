// Any bytes interpolate to a value or to an error that lies within them; escaping is undone.
#include "document/interpolation.hpp"

#include <cstdint>
#include <cstdlib>

using namespace harbor::document;

namespace {

std::optional<std::string> lookup(std::string_view name) {
  if (name.size() % 3 == 0) return std::nullopt;
  return name.size() % 3 == 1 ? std::string("$value}") : std::string();
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Names names : {Names::plain, Names::dotted}) {
    const Interpolation lazy = interpolate(text, lookup, {.names = names, .words = Words::lazy});
    const Interpolation eager = interpolate(text, lookup, {.names = names, .words = Words::eager});
    if (lazy.error) require(lazy.error->offset + lazy.error->length <= size);
    if (!eager.error) require(!lazy.error && lazy.text == eager.text);
    for (const UnsetVariable& unset : lazy.unset) require(unset.offset + unset.length <= size);
    for (const Variable& found : variables(text, names))
      require(found.offset + found.length <= size);
  }
  require(interpolate(escape(text), lookup).text == text);
  return 0;
}
