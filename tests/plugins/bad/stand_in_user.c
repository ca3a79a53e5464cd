#include "pack.h"

void zoo_stand_in(void);

static harbor_status run(harbor_call* call) {
  (void)call;
  zoo_stand_in();
  return HARBOR_OK;
}

static const harbor_action action = {ZOO_ACTION("stand.in"), .execute = run};

ZOO_PACK("org.example.stand_in", &action);
