#include "pack.h"

static const harbor_action idle = {ZOO_ACTION("idle.run")};

ZOO_PACK("org.example.idle", &idle);
