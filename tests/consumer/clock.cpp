#include <harbor/action.hpp>

#include "action.hpp"

static harbor::json tell(harbor::Context& context, const harbor::json& input) {
  const auto date = context.spawn(
      {.argv = {"date", "+%H:%M"}, .env = {{"TZ", input.at("zone")}}, .capture = true});
  if (!date.ok()) throw harbor::Error(HARBOR_E_FAILED, "clock.stopped", "date failed");
  return {{"time", date.out.substr(0, date.out.find('\n'))}};
}

constexpr harbor_action clock_action = harbor::action<tell>(
    {.name = "clock.tell", .doc = "Tells the time.", .effects = HARBOR_FX_EXEC});
