// The actions of this pack; each has a file of its own.
#pragma once

#include <harbor/plugin.h>

extern const harbor_action clock_action;
extern const harbor_action stop_action;
