#include "pack.h"

static harbor_status run(harbor_call* call) {
  (void)call;
  return HARBOR_OK;
}

static const harbor_action action = {
    ZOO_ACTION("list.run"),
    .input_schema = HARBOR_LIT("[]"),
    .execute = run,
};

ZOO_PACK("org.example.list", &action);
