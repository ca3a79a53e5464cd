#include <harbor/action.hpp>

#include "action.hpp"

HARBOR_PLUGIN(.id = "com.example.clock", .version = "0.1.0",
              .actions = {&clock_action, &stop_action},
              .failures = {
                  {HARBOR_E_FAILED, "clock.stopped", "date failed", "Look at its output."}})
