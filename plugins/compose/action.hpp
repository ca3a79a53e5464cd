// The actions of this pack; each is defined in the file of its name.
#pragma once

#include <harbor/plugin.h>

namespace harbor::compose {

extern const harbor_action select_action;
extern const harbor_action merge_action;
extern const harbor_action show_action;
extern const harbor_action eject_action;
extern const harbor_action eject_to_action;
extern const harbor_action up_action;
extern const harbor_action down_action;
extern const harbor_action ps_action;
extern const harbor_action logs_action;
extern const harbor_action exec_action;
extern const harbor_action build_action;
extern const harbor_action pull_action;

}  // namespace harbor::compose
