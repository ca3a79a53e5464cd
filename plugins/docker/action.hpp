// The actions of this pack; each is defined in the file of its name.
#pragma once

#include <harbor/plugin.h>

namespace harbor::docker {

extern const harbor_action up_action;
extern const harbor_action down_action;
extern const harbor_action sweep_action;
extern const harbor_action ps_action;
extern const harbor_action logs_action;
extern const harbor_action exec_action;
extern const harbor_action build_action;
extern const harbor_action pull_action;
extern const harbor_action version_action;
extern const harbor_action run_action;

}  // namespace harbor::docker
