#include "expander.hpp"

namespace harbor::env {
namespace {

Expansion without_host(std::string_view text, const Lookup&) {
  Expansion expansion;
  expansion.text = std::string(text);
  if (const auto dollar = text.find('$'); dollar != std::string_view::npos) {
    expansion.fault.emplace();
    expansion.fault->offset = dollar;
    expansion.fault->length = 1;
    expansion.fault->message = "this Harbor cannot resolve variables in env files";
  }
  return expansion;
}

}  // namespace

Expander expander_of(const Context&) { return without_host; }

}  // namespace harbor::env
