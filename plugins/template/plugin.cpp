#include <harbor/action.hpp>

#include "action.hpp"
#include "failure_table.hpp"

using namespace harbor::templating;

HARBOR_PLUGIN(.id = "io.harbor.template", .version = "1.0.0", .vendor = "Harbor",
              .license = "Apache-2.0", .actions = {&render_action}, .failures = failure_table)
