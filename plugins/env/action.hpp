// The actions of this pack; each is defined in the file of its name.
#pragma once

#include <harbor/plugin.h>

namespace harbor::env {

extern const harbor_action merge_action;
extern const harbor_action show_action;
extern const harbor_action sources_action;
extern const harbor_action secrets_action;

}  // namespace harbor::env
