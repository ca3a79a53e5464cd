// The actions of this pack; each is defined in the file of its name.
#pragma once

#include <harbor/plugin.h>

namespace harbor::secrets_sops {

extern const harbor_action sops_action;
extern const harbor_action lint_action;
extern const harbor_action audit_action;

}  // namespace harbor::secrets_sops
