#include <harbor/action.hpp>

#include "action.hpp"
#include "failure_table.hpp"

using namespace harbor::secrets_sops;

HARBOR_PLUGIN(.id = "io.harbor.secrets-sops", .version = "1.0.0", .vendor = "Harbor",
              .license = "Apache-2.0", .actions = {&sops_action, &lint_action, &audit_action},
              .failures = failure_table)
