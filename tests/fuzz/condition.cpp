// Any bytes are a condition or an error that lies within them, and both readers agree on the
// grammar.
#include "document/condition.hpp"

#include <cstdint>
#include <cstdlib>

using namespace harbor::document;

namespace {

std::optional<std::string> lookup(std::string_view name) {
  if (name.size() % 3 == 0) return std::nullopt;
  return name.size() % 3 == 1 ? std::string("$value} || '") : std::string();
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Condition condition = evaluate(text, lookup);
  require(condition.offset + condition.length <= size);
  const ConditionNames names = names_in(text);
  if (names.error) {
    require(!condition.value && !condition.error.empty());
    require(names.error->offset + names.error->length <= size);
  }
  return 0;
}
