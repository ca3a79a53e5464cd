// The actions of this pack; each is defined in the file of its name.
#pragma once

#include <harbor/plugin.h>

namespace harbor::compose {

extern const harbor_action select_action;
extern const harbor_action merge_action;
extern const harbor_action show_action;
extern const harbor_action check_action;
extern const harbor_action digest_action;
extern const harbor_action eject_action;
extern const harbor_action eject_to_action;

}  // namespace harbor::compose
