#include <harbor/action.hpp>

#include "action.hpp"

static harbor::Result stop(harbor::Context& context, const harbor::json&) {
  if (context.state().is_null()) return harbor::Unchanged{};
  return {{"stopped", true}};
}

constexpr harbor_action stop_action =
    harbor::action<stop>({.name = "clock.stop", .doc = "Stops the clock."});
