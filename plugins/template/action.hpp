// The actions of this pack; each is defined in the file of its name.
#pragma once

#include <harbor/plugin.h>

namespace harbor::templating {

extern const harbor_action render_action;

}  // namespace harbor::templating
