#include "expander.hpp"

namespace harbor::templating {

Expander expander_of(Context& context) {
  return [&context](std::string_view text, const Lookup& lookup, const Only& only) {
    auto done = context.expand({.text = text, .lookup = lookup, .only = only});
    Expansion expansion;
    expansion.text = std::move(done.text);
    for (auto& unset : done.unset)
      expansion.unset.push_back({unset.offset, unset.length, std::move(unset.name)});
    if (done.fault)
      expansion.fault = {done.fault->offset, done.fault->length,
                         done.fault->kind == HARBOR_EXPANSION_REQUIRED, done.fault->name,
                         done.fault->message};
    return expansion;
  };
}

}  // namespace harbor::templating
