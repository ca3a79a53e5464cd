#include <harbor/action.hpp>

#include "action.hpp"
#include "failure_table.hpp"

using namespace harbor::env;

HARBOR_PLUGIN(.id = "io.harbor.env", .version = "1.0.0", .vendor = "Harbor",
              .license = "Apache-2.0",
              .actions = {&merge_action, &show_action, &sources_action, &secrets_action},
              .failures = failure_table)
