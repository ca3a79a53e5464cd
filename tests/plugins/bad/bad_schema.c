#include "pack.h"

static harbor_status run(harbor_call* call) {
  (void)call;
  return HARBOR_OK;
}

static const harbor_action action = {
    ZOO_ACTION("schema.run"),
    .input_schema = HARBOR_LIT("{\"type\": object}"),
    .execute = run,
};

ZOO_PACK("org.example.schema", &action);
