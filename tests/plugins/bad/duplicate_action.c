#include "pack.h"

static harbor_status run(harbor_call* call) {
  (void)call;
  return HARBOR_OK;
}

static const harbor_action one = {ZOO_ACTION("twin.run"), .execute = run};
static const harbor_action other = {ZOO_ACTION("twin.run"), .execute = run};

ZOO_PACK("org.example.twin", &one, &other);
