#include <harbor/action.hpp>

#include "action.hpp"
#include "failure_table.hpp"

using namespace harbor::compose;

HARBOR_PLUGIN(.id = "io.harbor.compose", .version = "1.0.0", .vendor = "Harbor",
              .license = "Apache-2.0",
              .actions = {&select_action, &merge_action, &show_action, &check_action,
                          &digest_action, &eject_action, &eject_to_action},
              .failures = failure_table)
