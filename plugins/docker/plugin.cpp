#include <harbor/action.hpp>

#include "action.hpp"
#include "failure_table.hpp"

using namespace harbor::docker;

HARBOR_PLUGIN(.id = "io.harbor.docker", .version = "1.0.0", .vendor = "Harbor",
              .license = "Apache-2.0",
              .actions = {&up_action, &down_action, &sweep_action, &ps_action, &logs_action,
                          &exec_action, &build_action, &pull_action, &version_action, &run_action},
              .failures = failure_table)
